// Signature pads: strokes on a canvas, handed in as a PNG in the hidden input beside it. Without a script a photo is taken.
const WIDTH = 3

function pen(canvas) {
  const brush = canvas.getContext('2d')
  brush.lineWidth = WIDTH
  brush.lineCap = 'round'
  brush.lineJoin = 'round'
  brush.strokeStyle = '#1b2733'
  return brush
}

function spot(canvas, event) {
  const box = canvas.getBoundingClientRect()
  return [
    ((event.clientX - box.left) / box.width) * canvas.width,
    ((event.clientY - box.top) / box.height) * canvas.height,
  ]
}

function begin(canvas, event) {
  canvas.setPointerCapture(event.pointerId)
  const brush = pen(canvas)
  brush.beginPath()
  brush.moveTo(...spot(canvas, event))
  canvas.closest('[data-sign]').classList.add('is-signing')
}

function go(canvas, event) {
  const brush = pen(canvas)
  brush.lineTo(...spot(canvas, event))
  brush.stroke()
}

function end(canvas) {
  const pad = canvas.closest('[data-sign]')
  if (!pad.classList.contains('is-signing')) return
  pad.classList.remove('is-signing')
  pad.classList.add('is-signed')
  pad.querySelector('input').value = canvas.toDataURL('image/png')
}

function clear(pad) {
  const canvas = pad.querySelector('canvas')
  canvas.getContext('2d').clearRect(0, 0, canvas.width, canvas.height)
  pad.classList.remove('is-signed', 'is-signing')
  pad.querySelector('input').value = ''
}

export function watchPads() {
  document.addEventListener('click', (event) => {
    const button = event.target.closest?.('.sign-clear')
    if (button) clear(button.closest('[data-sign]'))
  })
}

export function bringUpPads(root) {
  for (const canvas of root.querySelectorAll('[data-sign] canvas')) {
    if (canvas.dataset.ready) continue
    canvas.dataset.ready = 'yes'
    canvas.addEventListener('pointerdown', (event) => begin(canvas, event))
    canvas.addEventListener('pointermove', (event) => {
      if (canvas.closest('.is-signing')) go(canvas, event)
    })
    for (const kind of ['pointerup', 'pointercancel']) canvas.addEventListener(kind, () => end(canvas))
  }
}
