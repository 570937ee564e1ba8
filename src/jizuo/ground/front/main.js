import './main.css'
import 'htmx.org'
import { bringUpCharts } from './charts.js'
import { watchDialogs } from './dialogs.js'
import { watchDrops } from './drop.js'
import { watchHeld } from './hold.js'
import { watchKeys } from './keys.js'
import { watchMenus } from './menus.js'
import { watchPasskeys } from './passkeys.js'
import { watchPaste } from './paste.js'
import { watchPicks } from './picks.js'
import { watchPrint } from './print.js'
import { bringUpRows, watchRows } from './rows.js'
import { watchPortraits } from './shrink.js'
import { bringUpPads, watchPads } from './sign.js'
import { watchTheme } from './theme.js'
import { watchToasts } from './toasts.js'

document.documentElement.classList.add('has-script')
watchTheme()
watchHeld()
watchMenus()
watchKeys()
watchDialogs()
watchToasts()
watchPicks()
watchPrint()
watchDrops()
watchPaste()
watchRows()
watchPads()
watchPortraits()
watchPasskeys()

const arrive = (root) => {
  bringUpCharts(root)
  bringUpPads(root)
  bringUpRows(root)
}
arrive(document)
document.addEventListener('htmx:load', (event) => arrive(event.target))
