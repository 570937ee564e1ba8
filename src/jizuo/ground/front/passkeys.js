// A passkey's button: data-passkey="get" or "create", data-options where its challenge comes from. The answer goes into the
// hidden field `answer` of the form around it. Bytes travel as base64url; old engines cannot read that by themselves.
const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (sign) => sign.charCodeAt(0))

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '')

function ready(asked) {
  const listed = (keys) => keys && keys.map((key) => ({ ...key, id: bytes(key.id) }))
  const made = { ...asked, challenge: bytes(asked.challenge) }
  if (asked.user) made.user = { ...asked.user, id: bytes(asked.user.id) }
  if (asked.allowCredentials) made.allowCredentials = listed(asked.allowCredentials)
  if (asked.excludeCredentials) made.excludeCredentials = listed(asked.excludeCredentials)
  return made
}

function told(credential) {
  const { response } = credential
  const parts = { clientDataJSON: text(response.clientDataJSON) }
  if (response.attestationObject) {
    parts.attestationObject = text(response.attestationObject)
    parts.transports = response.getTransports ? response.getTransports() : []
  } else {
    parts.authenticatorData = text(response.authenticatorData)
    parts.signature = text(response.signature)
    if (response.userHandle) parts.userHandle = text(response.userHandle)
  }
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    clientExtensionResults: {},
    response: parts,
  })
}

async function ask(button) {
  const form = button.closest('form')
  const note = form.querySelector('[data-passkey-note]')
  const say = (key) => {
    note.textContent = note.dataset[key]
    note.hidden = false
  }
  if (!window.PublicKeyCredential || !navigator.credentials) return say('none')
  if (!form.reportValidity()) return undefined
  button.disabled = true
  say('wait')
  try {
    const token = form.querySelector('[name=csrfmiddlewaretoken]').value
    const answer = await fetch(button.dataset.options, { method: 'POST', headers: { 'X-CSRFToken': token } })
    if (!answer.ok) throw new Error(String(answer.status))
    const publicKey = ready((await answer.json()).publicKey)
    const credential = await navigator.credentials[button.dataset.passkey]({ publicKey })
    form.querySelector('[name=answer]').value = told(credential)
    form.submit()
  } catch {
    // Cancelled, timed out, or no key here: the browser tells no more, so that a site cannot ask which.
    button.disabled = false
    say('failed')
  }
  return undefined
}

export function watchPasskeys() {
  document.addEventListener('click', (event) => {
    const button = event.target.closest?.('[data-passkey]')
    if (button) ask(button)
  })
}
