// Keeps the check-in page and the files of the site that it needs, so that it opens without a network. Names and marks are
// never here: the page keeps them itself, and forgets them.
const shelf = 'checkin-1'
const page = /^\/(en|ko|zh|ja|mn)\/checkin\/[a-z0-9-]+$/

self.addEventListener('install', () => self.skipWaiting())
self.addEventListener('activate', (e) => e.waitUntil(self.clients.claim()))

self.addEventListener('message', (e) => {
  if (!Array.isArray(e.data?.keep)) return
  e.waitUntil((async () => {
    const cache = await caches.open(shelf)
    let kept = true
    for (const url of e.data.keep) {
      try {
        const answer = await fetch(url, { credentials: 'omit', cache: 'reload' })
        if (!answer.ok) throw new Error(String(answer.status))
        await cache.put(new URL(url, self.location).pathname, answer)
      } catch {
        kept = kept && Boolean(await cache.match(new URL(url, self.location).pathname))
      }
    }
    const wanted = new Set(e.data.keep.map((u) => new URL(u, self.location).pathname))
    for (const old of await cache.keys()) { // files of older versions of the program
      const at = new URL(old.url).pathname
      if (at.startsWith('/static/') && !wanted.has(at)) await cache.delete(old)
    }
    e.source?.postMessage({ kept })
  })())
})

async function fresh(request, at) {
  const cache = await caches.open(shelf)
  const stop = new AbortController()
  const late = setTimeout(() => stop.abort(), 4000) // a network that is there and answers nobody
  try {
    const answer = await fetch(new Request(at, { credentials: 'omit', signal: stop.signal }))
    if (answer.ok) await cache.put(at, answer.clone())
    if (answer.status < 500) return answer
    return (await cache.match(at)) ?? answer
  } catch (error) {
    const kept = await cache.match(at)
    if (kept) return kept
    throw error
  } finally {
    clearTimeout(late)
  }
}

self.addEventListener('fetch', (e) => {
  const url = new URL(e.request.url)
  if (e.request.method !== 'GET' || url.origin !== self.location.origin) return
  if (page.test(url.pathname)) e.respondWith(fresh(e.request, url.pathname))
  else if (url.pathname.startsWith('/static/')) e.respondWith(caches.match(url.pathname).then((kept) => kept ?? fetch(e.request)))
})
