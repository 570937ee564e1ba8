// <details data-menu>: one open at a time, closed by Escape or a tap elsewhere. Without scripts it still opens.
const open = () => document.querySelectorAll('details[data-menu][open]')

export function closeMenus(except) {
  let closed = 0
  open().forEach((menu) => {
    if (menu === except || menu.contains(except)) return
    menu.removeAttribute('open')
    closed += 1
  })
  return closed
}

export function watchMenus() {
  document.addEventListener('click', (event) => closeMenus(event.target.closest('details[data-menu]')))
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return
    const inside = document.activeElement?.closest('details[data-menu][open]')
    if (closeMenus() && inside) inside.querySelector('summary').focus()
  })
}
