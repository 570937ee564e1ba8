import { word } from './words.js'

// A textarea takes what a spreadsheet puts on the clipboard (tab between cells, a cell with breaks in quotes);
// the grid under it shows the cells, lets them be mended, and writes them back as tab-separated text.
export function cells(text) {
  const rows = [[]]
  let cell = ''
  let quoted = false
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at]
    if (quoted) {
      if (sign === '"' && text[at + 1] === '"') {
        cell += '"'
        at += 1
      } else if (sign === '"') quoted = false
      else cell += sign
    } else if (sign === '"' && cell === '') quoted = true
    else if (sign === '\t') {
      rows[rows.length - 1].push(cell)
      cell = ''
    } else if (sign === '\n' || sign === '\r') {
      if (sign === '\r' && text[at + 1] === '\n') at += 1
      rows[rows.length - 1].push(cell)
      rows.push([])
      cell = ''
    } else cell += sign
  }
  rows[rows.length - 1].push(cell)
  return rows.filter((row) => row.some((value) => value.trim() !== ''))
}

const quote = (value) => (/[\t\r\n"]/.test(value) ? `"${value.replace(/"/g, '""')}"` : value)

function write(box) {
  const rows = [...box.querySelectorAll('tbody tr')].map((row) =>
    [...row.querySelectorAll('td[contenteditable]')].map((node) => quote(node.textContent.trim())).join('\t'),
  )
  box.querySelector('textarea').value = rows.join('\n')
}

function draw(box) {
  const rows = cells(box.querySelector('textarea').value)
  const grid = box.querySelector('.paste-grid')
  const names = JSON.parse(box.dataset.columns || '[]')
  grid.hidden = rows.length === 0
  grid.replaceChildren()
  if (!rows.length) return
  const width = Math.max(names.length, ...rows.map((row) => row.length))
  const table = document.createElement('table')
  const head = table.createTHead().insertRow()
  for (let column = -1; column < width; column += 1) {
    const name = document.createElement('th')
    name.scope = 'col'
    name.textContent = column < 0 ? '' : names[column] || word('column', { n: column + 1 })
    head.append(name)
  }
  const body = table.createTBody()
  rows.forEach((row, index) => {
    const line = body.insertRow()
    const number = document.createElement('th')
    number.scope = 'row'
    number.textContent = String(index + 1)
    line.append(number)
    for (let column = 0; column < width; column += 1) {
      const node = line.insertCell()
      node.contentEditable = 'true'
      node.textContent = row[column] || ''
      // A spreadsheet shows long numbers this way once it has lost their last digits.
      node.classList.toggle('is-odd', /^\d(\.\d+)?E\+\d+$/i.test((row[column] || '').trim()))
    }
  })
  grid.append(table)
  const note = box.querySelector('[data-pasted]')
  if (note) note.textContent = word('pasted', { rows: rows.length, columns: width })
}

export function watchPaste() {
  document.addEventListener('input', (event) => {
    const box = event.target.closest('[data-paste]')
    if (!box) return
    if (event.target.matches('textarea')) draw(box)
    else write(box)
  })
}
