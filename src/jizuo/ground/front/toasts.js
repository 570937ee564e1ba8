import { word } from './words.js'

// Shown for 8 seconds; a fault stays until closed.
const STAY_MS = 8000

export function toast(text, tone = 'qing') {
  const room = document.getElementById('toasts')
  if (!room) return
  const box = document.createElement('div')
  box.className = `toast toast-${tone}`
  const words = document.createElement('div')
  words.textContent = text
  const close = document.createElement('button')
  close.type = 'button'
  close.className = 'close'
  close.setAttribute('aria-label', word('close'))
  close.textContent = '×'
  box.append(words, close)
  room.append(box)
  leave(box)
}

function leave(box) {
  if (!box.classList.contains('toast-zhu')) setTimeout(() => box.remove(), STAY_MS)
}

export function watchToasts() {
  document.querySelectorAll('#toasts .toast').forEach(leave)
  document.addEventListener('click', (event) => {
    if (event.target.closest('.toast .close')) event.target.closest('.toast').remove()
  })
  document.addEventListener('toast', (event) => toast(event.detail.text, event.detail.tone))
  document.addEventListener('htmx:responseError', (event) => {
    const { status } = event.detail.xhr
    toast(word(status === 403 ? 'refused' : status === 404 ? 'gone' : 'failed', { status }), 'zhu')
  })
  document.addEventListener('htmx:sendError', () => toast(word('offline'), 'zhu'))
  document.addEventListener('htmx:timeout', () => toast(word('slow'), 'huang'))
}
