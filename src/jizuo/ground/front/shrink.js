// A portrait is made small where it is chosen, so that no large picture of a child leaves the device; then its form goes.
const QUALITY = 0.75

async function small(file, width, height) {
  const picture = new Image()
  picture.src = URL.createObjectURL(file)
  await picture.decode()
  const scale = Math.max(width / picture.naturalWidth, height / picture.naturalHeight)
  const canvas = document.createElement('canvas')
  canvas.width = width
  canvas.height = height
  const drawnWidth = picture.naturalWidth * scale
  const drawnHeight = picture.naturalHeight * scale
  canvas.getContext('2d').drawImage(picture, (width - drawnWidth) / 2, (height - drawnHeight) / 2, drawnWidth, drawnHeight)
  URL.revokeObjectURL(picture.src)
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY))
}

export function watchPortraits() {
  document.addEventListener('change', async (event) => {
    const field = event.target
    if (!field.dataset || !field.dataset.shrink || !field.files.length) return
    const [width, height] = field.dataset.shrink.split('x').map(Number)
    try {
      const made = await small(field.files[0], width, height)
      const held = new DataTransfer()
      held.items.add(new File([made], 'photo.jpg', { type: 'image/jpeg' }))
      field.files = held.files
    } catch {
      // What cannot be drawn goes as it is, and the server says what is wrong with it.
    }
    field.form.submit()
  })
}
