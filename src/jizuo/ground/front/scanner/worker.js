// Keeps the scanner's page, scripts and styles, so that it starts without a network. What it keeps holds nobody's values.
const files = self.JIZUO_FILES || []
const name = `scanner ${self.JIZUO_LANGUAGE} ${files.join(' ')}`

self.addEventListener('install', (event) => {
  const fresh = files.map((one) => new Request(one, { cache: 'reload', credentials: 'same-origin' }))
  event.waitUntil(caches.open(name).then((cache) => cache.addAll(fresh)).then(() => self.skipWaiting()))
})

self.addEventListener('activate', (event) => {
  const clear = caches.keys().then((names) => Promise.all(
    names.filter((one) => one.startsWith('scanner ') && one !== name).map((one) => caches.delete(one)),
  ))
  event.waitUntil(clear.then(() => self.clients.claim()))
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const { pathname } = new URL(request.url)
  if (request.method !== 'GET' || !files.includes(pathname)) return
  const kept = () => caches.open(name).then((cache) => cache.match(pathname))
  if (request.mode === 'navigate') {
    event.respondWith(fetch(request).catch(kept))
  } else {
    event.respondWith(kept().then((found) => found || fetch(request)))
  }
})
