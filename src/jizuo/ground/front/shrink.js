// Pictures are made small where they are chosen: a phone's own are too heavy for a bad line, and no large portrait of a child
// leaves the device. What cannot be drawn goes as it is, and the server says what is wrong with it.

// The longest side of a picture in a form, in pixels: small print on a photographed A4 page can still be read.
const LONGEST_PX = 2000
// No heavier and no longer goes as it is, so that a drawing with words stays sharp.
const LIGHT_BYTES = 500 * 1024
const QUALITY = 0.85
const PORTRAIT_QUALITY = 0.75
// Drawn anew, the one would lose its sharp edges and the other its movement.
const AS_IT_IS = /^image\/(svg|gif)/

/** The picture as an upright JPEG on white; shape: (width, height) of the picture -> {width, height, scale}, none: as it is. */
async function jpeg(file, quality, shape) {
  const picture = new Image()
  picture.src = URL.createObjectURL(file)
  try {
    await picture.decode()
    const wanted = shape(picture.naturalWidth, picture.naturalHeight)
    if (!wanted) return file
    const canvas = Object.assign(document.createElement('canvas'), { width: wanted.width, height: wanted.height })
    const brush = canvas.getContext('2d')
    brush.imageSmoothingQuality = 'high'
    brush.fillStyle = '#fff'
    brush.fillRect(0, 0, canvas.width, canvas.height)
    const width = picture.naturalWidth * wanted.scale
    const height = picture.naturalHeight * wanted.scale
    brush.drawImage(picture, (canvas.width - width) / 2, (canvas.height - height) / 2, width, height)
    const made = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality))
    if (!made) throw new Error('not drawn')
    return new File([made], `${file.name.replace(/\.[^.]*$/, '')}.jpg`, { type: 'image/jpeg' })
  } finally {
    URL.revokeObjectURL(picture.src)
  }
}

async function lighter(file) {
  if (!file.type.startsWith('image/') || AS_IT_IS.test(file.type)) return file
  const made = await jpeg(file, QUALITY, (width, height) => {
    const scale = Math.min(1, LONGEST_PX / Math.max(width, height))
    if (scale === 1 && file.size <= LIGHT_BYTES) return null
    return { width: Math.round(width * scale), height: Math.round(height * scale), scale }
  }).catch(() => file)
  return made.size < file.size ? made : file
}

function put(field, files) {
  const held = new DataTransfer()
  for (const file of files) held.items.add(file)
  field.files = held.files
}

const newest = new WeakMap()

/** Make the pictures of a field smaller, one after the other. False when others were chosen meanwhile. */
export async function shrink(field) {
  const chosen = [...field.files]
  newest.set(field, chosen)
  const made = []
  for (const file of chosen) made.push(await lighter(file))
  if (newest.get(field) !== chosen) return false
  try {
    if (made.some((file, place) => file !== chosen[place])) put(field, made)
  } catch {
    // An engine that cannot put files into a field sends what was chosen.
  }
  return true
}

export function watchPortraits() {
  document.addEventListener('change', async (event) => {
    const field = event.target
    if (!field.dataset || !field.dataset.portrait || !field.files.length) return
    const [width, height] = field.dataset.portrait.split('x').map(Number)
    const cut = (wide, high) => ({ width, height, scale: Math.max(width / wide, height / high) })
    try {
      put(field, [await jpeg(field.files[0], PORTRAIT_QUALITY, cut)])
    } catch {
      // As it is.
    }
    field.form.submit()
  })
}
