// Reading codes of badges: typed, from a scanner that types, or by the camera where the browser can read codes.

// code is the code of a badge in a text, '' when there is none.
export function code(text) {
  const s = text.toUpperCase().replace(/[\s\-‐‑–]/g, '')
  return /^[2-9A-HJ-NP-Z]{10}$/.test(s) ? s : ''
}

let running

// camera shows what the camera sees and calls found with the text of each code. Called again, it stops.
export async function camera(video, found) {
  if (running) {
    running()
    return
  }
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
  const detector = new BarcodeDetector({ formats: ['qr_code'] })
  video.srcObject = stream
  video.hidden = false
  await video.play()
  let on = true
  let last = ''
  let at = 0
  running = () => {
    on = false
    running = undefined
    video.hidden = true
    for (const t of stream.getTracks()) t.stop()
  }
  while (on) {
    try {
      for (const c of await detector.detect(video)) {
        if (c.rawValue === last && Date.now() - at < 4000) continue // still in front of the camera
        last = c.rawValue
        at = Date.now()
        await found(c.rawValue)
      }
    } catch {
      // A frame that cannot be read; the next one may be.
    }
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}
