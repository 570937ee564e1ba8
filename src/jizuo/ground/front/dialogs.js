// Buttons: data-opens="id of a <dialog>", data-closes inside one. Engines without showModal (Safari before 15.4)
// get the same box placed by the style sheet, with focus kept inside.
let returnTo = null

const parts = 'a[href], button:not([disabled]), input:not([disabled]), select, textarea, [tabindex="0"]'

export function openDialog(id) {
  const box = document.getElementById(id)
  if (!box || box.hasAttribute('open')) return
  returnTo = document.activeElement
  if (typeof box.showModal === 'function') {
    box.showModal()
    return
  }
  box.classList.add('is-plain')
  box.setAttribute('open', '')
  box.setAttribute('role', 'dialog')
  box.setAttribute('aria-modal', 'true')
  box.querySelector(parts)?.focus()
}

export function closeDialog(box) {
  if (!box) return
  if (typeof box.close === 'function') box.close()
  else box.removeAttribute('open')
  returnTo?.focus?.()
}

export function watchDialogs() {
  document.addEventListener('click', (event) => {
    const opener = event.target.closest('[data-opens]')
    if (opener) {
      event.preventDefault()
      openDialog(opener.dataset.opens)
      return
    }
    const closer = event.target.closest('[data-closes]')
    if (closer) {
      event.preventDefault()
      closeDialog(closer.closest('dialog'))
    } else if (event.target.nodeName === 'DIALOG') {
      const edge = event.target.getBoundingClientRect()
      const outside =
        event.clientX < edge.left ||
        event.clientX > edge.right ||
        event.clientY < edge.top ||
        event.clientY > edge.bottom
      if (outside) closeDialog(event.target)
    }
  })
  document.addEventListener('keydown', (event) => {
    const box = document.querySelector('dialog.is-plain[open]')
    if (!box) return
    if (event.key === 'Escape') closeDialog(box)
    if (event.key !== 'Tab') return
    const all = [...box.querySelectorAll(parts)]
    const ends = event.shiftKey ? [all[0], all[all.length - 1]] : [all[all.length - 1], all[0]]
    if (document.activeElement !== ends[0]) return
    event.preventDefault()
    ends[1].focus()
  })
}
