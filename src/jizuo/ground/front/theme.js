const KEY = 'jizuo_theme'

function keep(choice) {
  try {
    localStorage.setItem(KEY, choice)
  } catch {
    // A browser that refuses storage still has the cookie.
  }
  const secure = location.protocol === 'https:' ? '; Secure' : ''
  document.cookie = `${KEY}=${choice}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`
}

function show(choice) {
  if (choice === 'auto') document.documentElement.removeAttribute('data-theme')
  else document.documentElement.setAttribute('data-theme', choice)
  document.querySelectorAll('[data-theme-choice]').forEach((button) => {
    button.setAttribute('aria-pressed', String(button.dataset.themeChoice === choice))
  })
  document.dispatchEvent(new CustomEvent('themechange'))
}

export function watchTheme() {
  let choice = document.documentElement.dataset.theme || 'auto'
  try {
    const stored = localStorage.getItem(KEY)
    // The cookie may have ended before the storage did; bring it back so the next page comes right at once.
    if (['light', 'dark'].includes(stored) && stored !== choice) {
      choice = stored
      keep(choice)
    }
  } catch {
    // Storage refused: what the server read from the cookie stands.
  }
  show(choice)
  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-theme-choice]')
    if (!button) return
    keep(button.dataset.themeChoice)
    show(button.dataset.themeChoice)
  })
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    document.dispatchEvent(new CustomEvent('themechange'))
  })
}
