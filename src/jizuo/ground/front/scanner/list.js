// The list of those who may pass here: sealed where it lies, opened in memory only, gone when its time is over.
import { importKeys } from './code.js'
import * as store from './store.js'

// A clock set back would make an old list young.
const CLOCK_SLACK_MS = 5 * 60 * 1000
let held = null

const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0))

/** Keep the answer of a sync; its key can be used and never read again. */
export async function keep(told) {
  const raw = bytes(told.key)
  const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['decrypt'])
  raw.fill(0)
  const { stamp, nonce, made_at: madeAt, expires_at: expiresAt } = told
  // The server's clock is the right one: what this device shows beside it is taken off.
  if (Math.abs(madeAt * 1000 - Date.now()) > CLOCK_SLACK_MS) throw new Error('clock')
  await store.put('list', { key, stamp, nonce: bytes(nonce), sealed: bytes(told.sealed), madeAt, expiresAt })
  held = null
}

export async function forget() {
  held = null
  await store.drop('list')
}

/** The list in force, or {state}: none, over, clock. */
export async function current() {
  const now = Date.now()
  const seen = (await store.get('seen')) || 0
  if (now < seen - CLOCK_SLACK_MS) return { state: 'clock' }
  if (now > seen + 10000) await store.put('seen', now)
  if (held) {
    if (now < held.expiresAt * 1000) return held
    await forget()
    return { state: 'over' }
  }
  const kept = await store.get('list')
  if (!kept) return { state: (await store.get('was')) ? 'over' : 'none' }
  if (now >= kept.expiresAt * 1000) {
    await store.put('was', 1)
    await forget()
    return { state: 'over' }
  }
  if (now < kept.madeAt * 1000 - CLOCK_SLACK_MS) return { state: 'clock' }
  const plain = await crypto.subtle.decrypt(
    { name: 'AES-GCM', iv: kept.nonce, additionalData: new TextEncoder().encode(kept.stamp) }, kept.key, kept.sealed,
  )
  const told = JSON.parse(new TextDecoder().decode(plain))
  await store.put('was', 1)
  held = {
    ...told, state: 'held', madeAt: kept.madeAt, expiresAt: kept.expiresAt,
    keys: await importKeys(told.keys), revoked: new Set(told.revoked),
  }
  return held
}
