// What the scanner keeps between starts, in IndexedDB: who it is, its sealed list with a key nobody can read out, the queue.
const NAME = 'jizuo-scanner'
let opened = null

function open() {
  opened = opened || new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1)
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore('kept')
      asked.result.createObjectStore('queue', { keyPath: 'id' })
    }
    asked.onsuccess = () => resolve(asked.result)
    asked.onerror = () => reject(asked.error)
  })
  return opened
}

async function run(store, mode, body) {
  const base = await open()
  return new Promise((resolve, reject) => {
    const transaction = base.transaction(store, mode)
    const asked = body(transaction.objectStore(store))
    transaction.oncomplete = () => resolve(asked && asked.result)
    transaction.onerror = transaction.onabort = () => reject(transaction.error)
  })
}

export const get = (key) => run('kept', 'readonly', (store) => store.get(key))
export const put = (key, value) => run('kept', 'readwrite', (store) => store.put(value, key))
export const drop = (key) => run('kept', 'readwrite', (store) => store.delete(key))
export const queued = (most) => run('queue', 'readonly', (store) => store.getAll(null, most))
export const count = () => run('queue', 'readonly', (store) => store.count())
export const enqueue = (scan) => run('queue', 'readwrite', (store) => store.put(scan))
export const dequeue = (ids) => run('queue', 'readwrite', (store) => { for (const id of ids) store.delete(id) })

export async function wipe() {
  await run('kept', 'readwrite', (store) => store.clear())
  await run('queue', 'readwrite', (store) => store.clear())
}
