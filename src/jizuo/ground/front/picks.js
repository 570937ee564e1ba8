// The bulk bar of a table: shown when rows are ticked, says how many.
function count(form) {
  const boxes = [...form.querySelectorAll('input[name="pick"]')]
  const ticked = boxes.filter((box) => box.checked).length
  const bar = form.querySelector('.pick-bar')
  bar?.classList.toggle('is-open', ticked > 0)
  form.querySelectorAll('[data-picked]').forEach((node) => {
    node.textContent = String(ticked)
  })
  const all = form.querySelector('[data-pick-all]')
  if (all) {
    all.checked = ticked > 0 && ticked === boxes.length
    all.indeterminate = ticked > 0 && ticked < boxes.length
  }
}

export function watchPicks() {
  document.addEventListener('change', (event) => {
    const form = event.target.closest('[data-picks]')
    if (!form) return
    if (event.target.matches('[data-pick-all]')) {
      form.querySelectorAll('input[name="pick"]').forEach((box) => {
        box.checked = event.target.checked
      })
    }
    count(form)
  })
  document.addEventListener('click', (event) => {
    const none = event.target.closest('[data-pick-none]')
    if (!none) return
    const form = none.closest('[data-picks]')
    form.querySelectorAll('input[name="pick"]').forEach((box) => {
      box.checked = false
    })
    count(form)
  })
}
