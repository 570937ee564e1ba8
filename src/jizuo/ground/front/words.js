// Words come with the page, already in the reader's language; scripts carry none of their own.
let table = null

export function word(key, values = {}) {
  if (!table) table = JSON.parse(document.getElementById('words')?.textContent || '{}')
  return (table[key] || key).replace(/%\((\w+)\)s/g, (_, name) => String(values[name] ?? ''))
}
