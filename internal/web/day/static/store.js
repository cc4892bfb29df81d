// What the check-in page remembers, in the browser's own database: for each activity who may come, what is marked, what
// waits to be sent, and the token of this device.

const name = 'aircommons-checkin'

function wish(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

let opened
function open() {
  opened ??= new Promise((resolve, reject) => {
    const r = indexedDB.open(name, 1)
    r.onupgradeneeded = () => {
      r.result.createObjectStore('about', { keyPath: 'activity' }) // token, settings, and the list
      r.result.createObjectStore('queue', { keyPath: 'nonce' }).createIndex('activity', 'activity')
    }
    r.onsuccess = () => resolve(r.result)
    r.onerror = () => reject(r.error)
  })
  return opened
}

async function within(store, mode, f) {
  const d = await open()
  return new Promise((resolve, reject) => {
    const tx = d.transaction(store, mode)
    let out
    Promise.resolve(f(tx.objectStore(store))).then((v) => { out = v }, reject)
    tx.oncomplete = () => resolve(out)
    tx.onerror = tx.onabort = () => reject(tx.error)
  })
}

// about is all that is known of an activity on this device.
export const about = (activity) => within('about', 'readonly', (s) => wish(s.get(activity))).then((a) => a ?? { activity })

// change reads, changes and writes in one transaction, so that two windows do not overwrite each other.
export const change = (activity, f) => within('about', 'readwrite', async (s) => {
  const a = (await wish(s.get(activity))) ?? { activity }
  f(a)
  s.put(a)
  return a
})

// forget takes away everything about people; with all, the token too. What waits to be sent names nobody and stays.
export const forget = (activity, all) => change(activity, (a) => {
  delete a.list
  if (all) delete a.token
})

export const queue = (activity) => within('queue', 'readonly', (s) => wish(s.index('activity').getAll(activity)))
  .then((q) => q.sort((a, b) => a.n - b.n))
export const enqueue = (mark) => within('queue', 'readwrite', (s) => wish(s.put(mark)))
export const dequeue = (nonces) => within('queue', 'readwrite', (s) => Promise.all(nonces.map((n) => wish(s.delete(n)))))
