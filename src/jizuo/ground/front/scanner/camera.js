// Codes in front of the camera: the browser's own reader where there is one, else the library's.
import { decodeQR } from 'qr/decode.js'

const EVERY_MS = 150
const SIDE = 480

async function reader() {
  if ('BarcodeDetector' in window) {
    const kinds = await window.BarcodeDetector.getSupportedFormats()
    if (kinds.includes('qr_code')) {
      const detector = new window.BarcodeDetector({ formats: ['qr_code'] })
      return async (video) => {
        const [found] = await detector.detect(video)
        return found ? found.rawValue : ''
      }
    }
  }
  const canvas = document.createElement('canvas')
  const pen = canvas.getContext('2d', { willReadFrequently: true })
  return async (video) => {
    // The middle square is what a person aims with.
    const side = Math.min(video.videoWidth, video.videoHeight)
    canvas.width = canvas.height = Math.min(SIDE, side)
    const { width, height } = canvas
    pen.drawImage(video, (video.videoWidth - side) / 2, (video.videoHeight - side) / 2, side, side, 0, 0, width, height)
    try {
      return decodeQR({ width, height, data: pen.getImageData(0, 0, width, height).data })
    } catch {
      return ''
    }
  }
}

/** Show the camera in `video` and call `found(text)` for each code read; rejects when there is no camera. */
export async function watch(video, found) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: 'environment' } })
  video.srcObject = stream
  await video.play()
  const read = await reader()
  const look = async () => {
    if (!video.srcObject) return
    if (video.readyState >= 2 && !document.hidden) {
      const text = await read(video)
      if (text) found(text)
    }
    setTimeout(look, EVERY_MS)
  }
  look()
}
