// A block of a spreadsheet pasted into a cell of a form's rows goes to the server, which reads it column by column.
function hidden(form, name, value) {
  const field = document.createElement('input')
  Object.assign(field, { type: 'hidden', name, value })
  form.append(field)
}

export function watchRows() {
  document.addEventListener('paste', (event) => {
    const at = event.target.closest?.('.row-cell') ? event.target : document.activeElement
    const cell = at?.closest('.row-cell')
    const text = event.clipboardData?.getData('text/plain') || ''
    const isBlock = text.includes('\t') || (!at?.matches('textarea') && /[\r\n]/.test(text.trim()))
    const control = at?.matches('[name]') ? at : cell?.querySelector('[name]')
    if (!cell || !isBlock || !control?.form) return
    event.preventDefault()
    hidden(control.form, 'paste.text', text)
    const button = document.createElement('button')
    Object.assign(button, { type: 'submit', name: 'do', value: `paste:${control.name}`, hidden: true })
    control.form.append(button)
    button.click()
  })
}

// Where the page came back after rows changed, one goes on at the cell that is meant.
export function bringUpRows(root) {
  const form = root.querySelector?.('form[data-focus]')
  const control = form?.elements.namedItem(form.dataset.focus)
  const field = control instanceof RadioNodeList ? control[0] : control
  field?.scrollIntoView({ block: 'center' })
  field?.focus({ preventScroll: true })
}
