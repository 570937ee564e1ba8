import './scanner.css'
import { watch } from './camera.js'
import { check } from './code.js'
import * as list from './list.js'
import * as store from './store.js'

const $ = (id) => document.getElementById(id)
const words = JSON.parse($('words').textContent)
const word = (key, values = {}) => (words[key] || key).replace(/%\((\w+)\)s/g, (_, name) => String(values[name] ?? ''))
const SAME_MS = 3000
const BATCH = 200
// Later than this a list is renewed by itself while there is a network.
const RENEW_MS = 30 * 60 * 1000
let device = null
let last = { text: '', at: 0 }
let isSending = false

/** A scan's id: 128 bits by chance in the form of a UUID, version 4. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6] & 15) | 64
  bytes[8] = (bytes[8] & 63) | 128
  const text = Array.from(bytes, (one) => one.toString(16).padStart(2, '0')).join('')
  return text.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5')
}

async function ask(path, body) {
  const answer = await fetch(`/scanner/${path}`, {
    method: 'POST', body: JSON.stringify(body || {}), credentials: 'omit', cache: 'no-store',
    headers: { 'Content-Type': 'application/json', ...(device ? { Authorization: `Bearer ${device.token}` } : {}) },
  })
  if (answer.status === 401 && device) {
    await leave('out')
    throw new Error('out')
  }
  if (!answer.ok) throw Object.assign(new Error(String(answer.status)), { status: answer.status })
  return answer.json()
}

function show(result, { name = '', className = '', photo = '', ms = null } = {}) {
  const box = $('result')
  box.dataset.result = result
  box.className = result === 'passed' ? 'is-pass' : 'is-refuse'
  if (ms === null) delete box.dataset.ms
  else box.dataset.ms = ms.toFixed(3)
  $('verdict').textContent = word(result === 'passed' ? 'pass' : 'refuse')
  $('name').textContent = name
  $('class').textContent = className
  $('why').textContent = result === 'passed' ? '' : word(words[`result_${result}`] ? `result_${result}` : result)
  $('photo').hidden = !photo
  if (photo) $('photo').src = `data:image/jpeg;base64,${photo}`
  else $('photo').removeAttribute('src')
  $('no-photo').hidden = Boolean(photo) || !name
  $('no-photo').textContent = word('no_photo')
}

function today(offsetMinutes) {
  return new Date(Date.now() + offsetMinutes * 60000).toISOString().slice(0, 10)
}

async function scanned(raw) {
  const text = raw.replace(/[\r\n\t]/g, '')
  if (!text || (text === last.text && Date.now() - last.at < SAME_MS)) return
  last = { text, at: Date.now() }
  if (text.startsWith('JM:')) await checkMoving(text)
  else await checkCard(text)
  await tell()
}

async function checkMoving(text) {
  const held = await list.current()
  const asked = { id: newId(), code: text }
  for (const isLast of [false, true]) {
    try {
      const told = await ask('check', asked)
      show(told.result, { name: told.name, className: (held.classes || {})[told.class], photo: told.photo })
      return
    } catch (error) {
      if (error.message === 'out') return
      if (isLast || !navigator.onLine) show('offline')
      if (!navigator.onLine) return
    }
  }
}

async function checkCard(text) {
  const held = await list.current()
  if (held.state !== 'held') {
    show({ over: 'list_over', clock: 'clock', none: 'no_list' }[held.state])
    return
  }
  const begin = performance.now()
  const { result, number } = await check(text, held, today(held.offset))
  const ms = performance.now() - begin
  const [name = '', classId = '', photo = ''] = held.cards[number] || []
  show(result, { name, className: held.classes[classId], photo, ms })
  if (number) {
    await store.enqueue({ id: newId(), code: text, result, at: new Date().toISOString() })
    send()
  }
}

async function send() {
  if (isSending || !device || !navigator.onLine) return
  isSending = true
  try {
    for (;;) {
      const scans = await store.queued(BATCH)
      if (!scans.length) break
      await ask('scans', { scans })
      await store.dequeue(scans.map((one) => one.id))
    }
  } catch {
    // The queue stays as it is and goes with the next try.
  } finally {
    isSending = false
    await tell()
  }
}

async function sync() {
  if (!device) return
  $('said').textContent = word('syncing')
  try {
    await send()
    await list.keep(await ask('sync'))
    $('said').textContent = ''
  } catch (error) {
    if (error.message === 'out') return
    const why = navigator.onLine ? error.message : word('no_network')
    $('said').textContent = error.message === 'clock' ? word('clock') : word('sync_failed', { why })
  }
  await tell()
}

const age = (minutes) => (minutes < 120 ? word('minutes', { n: minutes }) : word('hours', { n: Math.floor(minutes / 60) }))

async function tell() {
  $('network').textContent = word(navigator.onLine ? 'online' : 'no_network')
  if (!device) return
  const held = await list.current()
  const box = $('age')
  box.dataset.state = held.state
  if (held.state === 'held') {
    const until = new Date(held.expiresAt * 1000).toLocaleString(document.documentElement.lang, {
      month: 'long', day: 'numeric', hour: '2-digit', minute: '2-digit',
    })
    const minutes = Math.max(0, Math.floor((Date.now() / 1000 - held.madeAt) / 60))
    const count = word('on_list', { n: Object.keys(held.cards).length })
    const told = minutes < 1 ? word('list_new', { until }) : word('list_age', { age: age(minutes), until })
    box.textContent = `${count} · ${told}`
    $('place').textContent = `${held.unit} · ${held.place} · ${word(`purpose_${held.purpose}`)}`
  } else {
    box.textContent = word({ over: 'list_over', clock: 'clock', none: 'no_list' }[held.state])
  }
  const waiting = await store.count()
  $('queue').dataset.count = waiting
  $('queue').textContent = waiting ? word('queued', { n: waiting }) : word('all_sent')
}

async function leave(why) {
  device = null
  await list.forget()
  await store.wipe()
  $('scanning').hidden = true
  $('pairing').hidden = false
  $('pair-said').textContent = why ? word(why) : ''
}

async function start() {
  $('pairing').hidden = Boolean(device)
  $('scanning').hidden = !device
  await tell()
  if (!device) return
  const held = await list.current()
  if (navigator.onLine && (held.state !== 'held' || Date.now() - held.madeAt * 1000 > RENEW_MS)) await sync()
  send()
  $('typed').elements.code.focus()
}

async function pair(form) {
  $('pair-said').textContent = ''
  try {
    device = await ask('pair', { code: form.elements.code.value, name: form.elements.name.value })
  } catch (error) {
    $('pair-said').textContent = word(error.status ? 'pair_failed' : 'no_network_pair')
    return
  }
  await store.put('device', device)
  form.reset()
  if (navigator.storage && navigator.storage.persist) navigator.storage.persist()
  await start()
}

$('pair').addEventListener('submit', (event) => {
  event.preventDefault()
  pair(event.target)
})
$('typed').addEventListener('submit', (event) => {
  event.preventDefault()
  const field = event.target.elements.code
  const text = field.value
  field.value = ''
  scanned(text)
})
$('sync').addEventListener('click', sync)
$('leave').addEventListener('click', async () => {
  if (!confirm(word('leave_ask'))) return
  try {
    await send()
    await ask('leave')
  } catch {
    // Without a network the office puts it out; here it goes in any case.
  }
  await leave('')
})
$('camera').addEventListener('click', async () => {
  const video = $('video')
  try {
    video.hidden = false
    $('camera').hidden = true
    await watch(video, scanned)
  } catch {
    video.hidden = true
    $('camera').hidden = false
    $('said').textContent = word('no_camera')
  }
})
addEventListener('online', () => { tell(); sync() })
addEventListener('offline', tell)
setInterval(() => { tell(); send() }, 20000)

if (location.hash.length > 1) {
  $('pair').elements.code.value = decodeURIComponent(location.hash.slice(1)).slice(0, 20)
  history.replaceState(null, '', location.pathname)
}
if ('serviceWorker' in navigator) navigator.serviceWorker.register('/scanner/worker.js')
store.get('device').then((kept) => {
  device = kept || null
  return start()
})
