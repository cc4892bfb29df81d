// Whoever signs out on this device leaves no names of a check-in behind. What a device with a token of its own knows stays: it was
// let in by itself.
const known = await (indexedDB.databases?.() ?? [{ name: 'aircommons-checkin' }])
if (known.some((d) => d.name === 'aircommons-checkin')) {
  const r = indexedDB.open('aircommons-checkin')
  r.onsuccess = () => {
    if (!r.result.objectStoreNames.contains('about')) return
    const s = r.result.transaction('about', 'readwrite').objectStore('about')
    s.getAll().onsuccess = (e) => {
      for (const a of e.target.result) if (!a.token) s.delete(a.activity)
    }
  }
}
