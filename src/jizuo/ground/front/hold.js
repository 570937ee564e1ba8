// A form is not sent while something in it is still being made ready; what was pressed meanwhile is pressed afterwards.
const waiting = new Map()

/** Hold a form until some work is done. work: async, false when the form must not go by itself. */
export async function hold(form, work) {
  const wait = waiting.get(form) || { works: 0, button: null, mayGo: true }
  waiting.set(form, wait)
  wait.works += 1
  try {
    if ((await work()) === false) wait.mayGo = false
  } finally {
    wait.works -= 1
    if (!wait.works) {
      waiting.delete(form)
      if (wait.mayGo && wait.button) wait.button.click()
    }
  }
}

// The return key presses the first button of a form, so a press is all there is to catch; forms that htmx sends begin with
// one, too. Old engines do not tell with a submission which button was pressed.
export function watchHeld() {
  document.addEventListener(
    'click',
    (event) => {
      const button = event.target.closest?.('button, input')
      const wait = button && button.type === 'submit' && waiting.get(button.form)
      if (!wait) return
      wait.button = button
      event.preventDefault()
      event.stopImmediatePropagation()
    },
    true,
  )
}
