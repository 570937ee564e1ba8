import { hold } from './hold.js'
import { shrink } from './shrink.js'
import { toast } from './toasts.js'
import { word } from './words.js'

// File zones: an ordinary <input type="file"> in a label; scripts add dropping and name what was chosen.
// False when one was too heavy and none is taken.
function list(zone) {
  const files = [...zone.querySelector('input[type="file"]').files]
  const most = Number(zone.dataset.mostMb) * 1024 * 1024
  const heavy = most ? files.find((file) => file.size > most) : null
  if (heavy) {
    zone.querySelector('input').value = ''
    toast(word('heavy', { name: heavy.name, most: zone.dataset.mostMb }), 'zhu')
  }
  zone.querySelector('.drop-list').textContent = heavy
    ? ''
    : files.map((file) => `${file.name}　${size(file.size)}`).join('、')
  return !heavy
}

async function take(zone) {
  const input = zone.querySelector('input[type="file"]')
  if (!input.form || input.dataset.shrink === undefined) return list(zone)
  if (input.files.length) zone.querySelector('.drop-list').textContent = word('shrinking')
  return hold(input.form, async () => !(await shrink(input)) || list(zone))
}

function size(bytes) {
  if (bytes < 1024 * 1024) return `${Math.max(1, Math.round(bytes / 1024))} KB`
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`
}

export function watchDrops() {
  const zoneOf = (event) => event.target.closest?.('.drop')
  document.addEventListener('change', (event) => {
    if (zoneOf(event)) take(zoneOf(event))
  })
  for (const kind of ['dragenter', 'dragover', 'dragleave', 'drop']) {
    document.addEventListener(kind, (event) => {
      const zone = zoneOf(event)
      if (!zone) return
      event.preventDefault()
      zone.classList.toggle('is-over', kind === 'dragenter' || kind === 'dragover')
      if (kind !== 'drop') return
      const input = zone.querySelector('input[type="file"]')
      if (!input.multiple && event.dataTransfer.files.length > 1) {
        toast(word('one_file'), 'huang')
        return
      }
      input.files = event.dataTransfer.files
      take(zone)
    })
  }
}
