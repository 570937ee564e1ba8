import { openDialog } from './dialogs.js'

const isTyping = (node) => node.isContentEditable || /^(input|textarea|select)$/i.test(node.tagName)

export function watchKeys() {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
    if (isTyping(event.target)) {
      if (event.key === 'Escape' && event.target.type === 'search') event.target.blur()
      return
    }
    if (event.key === '/') {
      const field = document.querySelector('[data-search]')
      if (!field) return
      event.preventDefault()
      field.focus()
      field.select()
    } else if (event.key === '?') {
      openDialog('keys')
    }
  })
}
