// The code on a card, as docs/guides/read-the-student-code.md lays it out: 17 bytes, then an ES256 signature of 64.
const SIGNS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'
const CONTEXT = new TextEncoder().encode('jizuo.student-code')
const DAY_0 = Date.UTC(2020, 0, 1)
const HEAD = 17
// Half the order of the curve: of the two values of s that fit, a code holds the smaller.
const HALF = '7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8'

export const hex = (bytes) => Array.from(bytes, (one) => one.toString(16).padStart(2, '0')).join('')

/** The 81 bytes of a code; null for anything that is none. */
export function bytesOf(text) {
  if (text.length !== 125 || !text.startsWith('JZ:')) return null
  const out = new Uint8Array(81)
  let at = 0
  for (let place = 3; place < text.length; place += 3) {
    const part = text.slice(place, place + 3)
    let number = 0
    for (let sign = part.length - 1; sign >= 0; sign -= 1) {
      const value = SIGNS.indexOf(part[sign])
      if (value < 0) return null
      number = number * 45 + value
    }
    if (part.length === 3) {
      if (number > 0xffff) return null
      out[at++] = number >> 8
    } else if (number > 0xff) return null
    out[at++] = number & 0xff
  }
  return out
}

/** Public keys of a list by their id, ready to verify with. */
export async function importKeys(keys) {
  const found = new Map()
  for (const { kid, kty, crv, x, y } of keys) {
    const key = await crypto.subtle.importKey(
      'jwk', { kty, crv, x, y }, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify'],
    )
    found.set(kid, key)
  }
  return found
}

/** {result, number} of a scanned card. list: {keys, revoked, cards}; day: today as 2026-09-16. */
export async function check(text, list, day) {
  const told = bytesOf(text)
  if (!told || told[0] !== 1) return { result: 'unknown' }
  const key = list.keys.get(hex(told.slice(1, 5)))
  if (!key) return { result: 'unknown' }
  const signature = told.slice(HEAD)
  const signed = new Uint8Array(CONTEXT.length + HEAD)
  signed.set(CONTEXT)
  signed.set(told.slice(0, HEAD), CONTEXT.length)
  const isSigned = hex(signature.slice(32)) <= HALF
    && await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, signature, signed)
  if (!isSigned) return { result: 'broken' }
  const number = hex(told.slice(5, 13))
  const now = Math.round((Date.parse(`${day}T00:00:00Z`) - DAY_0) / 86400000)
  if (now < told[13] * 256 + told[14]) return { result: 'early', number }
  if (now >= told[15] * 256 + told[16]) return { result: 'expired', number }
  if (list.revoked.has(number)) return { result: 'revoked', number }
  return { result: list.cards[number] ? 'passed' : 'elsewhere', number }
}
