// The check-in page: search or scan, press, and go on. It works without a network for as long as it takes; what was marked
// waits in a queue and is sent when there is one. Each mark has a word of its own, so that one sent twice is one.
import * as store from './store.js'
import { camera, code } from './scan.js'

const main = document.querySelector('main')
const id = main.dataset.id
const lang = document.documentElement.lang
const texts = JSON.parse(document.getElementById('texts').textContent)
const $ = (name) => document.getElementById(name)
const say = (key, values = {}) => texts[key].replace(/\{\{\.?(\w+)\}\}/g, (_, n) => values[n] ?? '')
const number = new Intl.NumberFormat(lang)
const fold = (s) => s.normalize('NFKC').toLowerCase()

let state = await store.about(id)
let queue = await store.queue(id)
let item = ''
let told = '' // the last sentence
let problem = ''

// The token of the device comes in the part of the address that browsers keep to themselves, and leaves it at once.
const token = new URLSearchParams(location.hash.slice(1)).get('token')
if (token) {
  state = await store.change(id, (a) => { a.token = token })
  history.replaceState(null, '', location.pathname)
}

const now = () => new Date(Date.now())
const word = () => crypto.randomUUID()

async function ask(path, body) {
  const headers = { accept: 'application/json' }
  if (state.token) headers.authorization = 'Bearer ' + state.token
  if (body) headers['content-type'] = 'application/json'
  const stop = new AbortController()
  const late = setTimeout(() => stop.abort(), 15000)
  try {
    return await fetch(`/${lang}/checkin/${id}/${path}`, { method: body ? 'POST' : 'GET', headers, body: body && JSON.stringify(body), cache: 'no-store', signal: stop.signal })
  } finally {
    clearTimeout(late)
  }
}

// refused is when this device may not know anybody any more: it forgets whom it knew.
async function refused(status) {
  if (status !== 401 && status !== 403 && status !== 404) return false
  state = await store.forget(id, true)
  problem = say('app.denied')
  draw()
  return true
}

async function load() {
  let answer
  try {
    answer = await ask('list')
  } catch {
    return line(false)
  }
  if (await refused(answer.status)) return
  if (!answer.ok) return line(false)
  const list = await answer.json()
  if (list.over) return over()
  list.skew = Date.parse(list.now) - Date.now()
  list.got = Date.now()
  problem = ''
  state = await store.change(id, (a) => { a.list = list })
  line(true)
}

async function over() {
  state = await store.forget(id, true)
  problem = say('app.over')
  draw()
}

let connected = navigator.onLine
function line(is) {
  connected = is
  draw()
}

// Sending. One window at a time; what was answered leaves the queue, what was not stays.
async function send() {
  const work = async () => {
    for (;;) {
      queue = await store.queue(id)
      const part = queue.filter((m) => !m.outcome).slice(0, 100)
      if (!part.length) break
      let answer
      try {
        answer = await ask('marks', { sent: now().toISOString(), device: state.device ?? '', marks: part.map(({ nonce, participation, code, item, undoes, at }) => ({ nonce, participation, code, item, undoes, at })) })
      } catch {
        line(false)
        break
      }
      if (await refused(answer.status)) break
      if (!answer.ok) {
        line(false)
        break
      }
      const done = (await answer.json()).marks
      const gone = []
      for (const d of done) {
        const m = part.find((x) => x.nonce === d.nonce)
        if (d.outcome === 'taken' || (d.outcome === 'seatless' && m.seen)) gone.push(d.nonce)
        else await store.enqueue({ ...m, outcome: d.outcome, seen: true })
      }
      state = await store.change(id, (a) => {
        if (!a.list) return
        for (const d of done) {
          const m = part.find((x) => x.nonce === d.nonce)
          if (d.outcome !== 'taken' && d.outcome !== 'seatless') continue
          if (m.undoes) a.list.marks = a.list.marks.filter((x) => x.nonce !== m.undoes)
          else if (!a.list.marks.some((x) => x.nonce === m.nonce)) a.list.marks.push({ nonce: m.nonce, participation: d.participation, item: m.item })
        }
      })
      await store.dequeue(gone)
      line(true)
    }
    queue = await store.queue(id)
    draw()
  }
  if (navigator.locks) await navigator.locks.request('checkin-' + id, { ifAvailable: true }, (lock) => lock && work())
  else await work()
}

async function put(mark) {
  const m = { nonce: word(), activity: id, item, undoes: '', code: '', participation: '', at: now().toISOString(), n: Date.now() + Math.random(), ...mark }
  await store.enqueue(m)
  queue = await store.queue(id)
  draw()
  send()
  return m
}

// What stands: what the server knew and what waits here, less what was taken back.
function standing() {
  const undone = new Set(queue.map((m) => m.undoes).filter(Boolean))
  const all = [...(state.list?.marks ?? [])]
  for (const m of queue) if (!m.undoes && m.participation && m.outcome !== 'unknown' && m.outcome !== 'refused' && !all.some((x) => x.nonce === m.nonce)) all.push(m)
  return all.filter((m) => !undone.has(m.nonce))
}

async function mark(person, how) {
  const there = standing().find((m) => m.participation === person.id && m.item === item)
  if (there) return tell(say('app.already', { Name: person.name }), person)
  const m = await put({ participation: person.id })
  tell(say('app.present', { Name: person.name }), person, m)
  if (how === 'scan') navigator.vibrate?.(80)
}

async function undo(person) {
  for (const m of standing().filter((m) => m.participation === person.id && m.item === item)) await put({ participation: person.id, undoes: m.nonce })
  tell(say('app.undone', { Name: person.name }), person)
}

async function scanned(text) {
  const c = code(text)
  if (!c) return false
  const person = state.list?.people.find((p) => p.code === c)
  if (person) await mark(person, 'scan')
  else {
    await put({ code: c })
    tell(say('app.unknown', { Code: c }))
  }
  return true
}

function tell(text, person) {
  told = text
  $('told').textContent = text + (person?.from ? ' · ' + person.from : '')
}

// Drawing. Names are put in as text, never as markup.
function el(tag, attributes = {}, ...children) {
  const e = document.createElement(tag)
  for (const [k, v] of Object.entries(attributes)) {
    if (k === 'press') e.addEventListener('click', v)
    else if (v !== undefined && v !== '' && v !== false) e.setAttribute(k, v)
  }
  e.append(...children.filter((c) => c !== undefined && c !== ''))
  return e
}

const most = 40

function draw() {
  const list = state.list
  const waiting = queue.filter((m) => !m.outcome).length
  $('title').textContent = list?.activity ?? ''
  $('net').textContent = say(connected ? 'app.online' : 'app.offline')
  $('net').className = 'chip ' + (connected ? 'ok' : 'notice')
  $('waiting').textContent = waiting ? say('app.waiting', { Count: number.format(waiting) }) : say('app.sent')
  $('waiting').dataset.count = waiting
  $('problem').hidden = !problem
  $('problem').textContent = problem
  for (const e of document.querySelectorAll('[data-list]')) e.hidden = !list
  $('queue').replaceChildren(...queue.map((m) => {
    const p = list?.people.find((x) => x.id === m.participation)
    return el('li', {}, p?.name ?? m.code ?? m.participation, ' · ', new Date(m.at).toLocaleTimeString(lang, { hour: '2-digit', minute: '2-digit' }),
      m.undoes ? ' · ' + say('undo') : '', m.outcome ? ' · ' + say('outcome.' + m.outcome) : '',
      m.outcome ? el('button', { class: 'act plain', press: async () => { await store.dequeue([m.nonce]); queue = await store.queue(id); draw() } }, '×') : '')
  }))
  $('queued').hidden = !queue.length
  $('queued-sum').textContent = say('app.queued', { Count: number.format(queue.length) })
  if (!list) {
    $('people').replaceChildren()
    $('count').textContent = problem ? '' : say('app.loading')
    return
  }
  const items = [['', say('whole')], ...list.items.map((i) => [i.key, i.label])]
  if ($('item').options.length !== items.length) {
    $('item').replaceChildren(...items.map(([v, t]) => new Option(t, v)))
    $('item').value = item
  }
  $('item-field').hidden = items.length < 2
  const stands = standing()
  const here = new Set(stands.filter((m) => m.item === item).map((m) => m.participation))
  const any = new Set(stands.map((m) => m.participation))
  const seats = list.people.filter((p) => p.seat)
  $('count').textContent = say('app.count', { Present: number.format(seats.filter((p) => here.has(p.id)).length), Expected: number.format(list.expected) })
  $('count').dataset.present = seats.filter((p) => here.has(p.id)).length
  const words = fold($('q').value).split(/\s+/).filter(Boolean)
  const found = list.people.filter((p) => {
    const all = fold([p.name, p.other ?? '', p.from ?? '', ...(p.find ?? [])].join('\n'))
    return words.every((w) => all.includes(w))
  })
  $('people').replaceChildren(...found.slice(0, most).map((p) => el('li', { class: here.has(p.id) ? 'here' : '', 'data-person': p.id },
    el('div', {}, el('p', {}, el('strong', { lang: p.lang }, p.name), p.other ? ' ' : '', p.other ? el('span', { lang: p.otherLang }, p.other) : ''),
      el('p', { class: 'note' }, [p.role, p.from, p.group].filter(Boolean).join(' · ')),
      !here.has(p.id) && any.has(p.id) ? el('p', { class: 'chip notice' }, say('beside')) : '',
      p.seat ? '' : el('p', { class: 'chip stop' }, say('outcome.seatless'))),
    here.has(p.id) ? el('button', { class: 'act plain', 'aria-label': say('undo') + ' – ' + p.name, press: () => undo(p) }, say('undo'))
      : el('button', { class: 'act', 'aria-label': say('mark') + ' – ' + p.name, press: () => mark(p) }, say('mark')))))
  $('more').textContent = found.length > most ? say('app.more', { Count: number.format(found.length - most) }) : found.length ? '' : say('app.none')
  $('until').textContent = say('app.until', { Time: new Date(list.until).toLocaleString(lang, { dateStyle: 'medium', timeStyle: 'short' }) })
  $('last').textContent = say('app.last', { Time: new Date(list.got).toLocaleTimeString(lang, { hour: '2-digit', minute: '2-digit' }) })
  $('clock').hidden = Math.abs(list.skew) < 120000
  $('clock').textContent = say('app.clock')
}

$('q').addEventListener('input', draw)
$('find').addEventListener('submit', async (e) => {
  e.preventDefault()
  if (code($('q').value)) {
    await scanned($('q').value)
    $('q').value = ''
    draw()
  }
})
$('item').addEventListener('change', () => { item = $('item').value; draw() })
$('forget').addEventListener('click', async () => {
  state = await store.forget(id, true)
  problem = say('app.forgotten')
  draw()
})
$('scan').addEventListener('click', () => camera($('video'), scanned).catch(() => tell(say('app.nocamera'))))
$('scan').hidden = !('BarcodeDetector' in window) || !navigator.mediaDevices

$('walkin')?.addEventListener('submit', async (e) => {
  e.preventDefault()
  const form = e.target
  const button = form.querySelector('button')
  button.disabled = true
  form.dataset.nonce ||= word()
  const v = Object.fromEntries(new FormData(form))
  try {
    const answer = await ask('walkin', { ...v, item, nonce: form.dataset.nonce })
    const said = await answer.json().catch(() => ({}))
    $('walkin-told').textContent = answer.ok ? say('walkin.done', { Name: v.name }) : said.error ?? say('app.offline')
    if (answer.ok) {
      form.reset()
      delete form.dataset.nonce
      await load()
    }
  } catch {
    $('walkin-told').textContent = say('app.offline')
  } finally {
    button.disabled = false
  }
})

// Names are forgotten when the time has come, also where nobody asks.
function due() {
  if (state.list && Date.now() + (state.list.skew ?? 0) >= Date.parse(state.list.until)) over()
}

async function round() {
  due()
  await load()
  await send()
}

due()
draw()
await round()
setInterval(round, 20000)
window.addEventListener('online', round)
window.addEventListener('offline', () => line(false))
document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && round())

if ('serviceWorker' in navigator) {
  await navigator.serviceWorker.register('/checkin/worker.js', { scope: `/${lang}/checkin/` })
  const ready = await navigator.serviceWorker.ready
  navigator.serviceWorker.addEventListener('message', (e) => {
    if (e.data?.kept) {
      $('kept').hidden = false
      $('kept').textContent = say('app.kept')
    }
  })
  ready.active.postMessage({ keep: [location.pathname, ...[...document.querySelectorAll('[data-keep]')].map((x) => x.href || x.src), new URL('./store.js', import.meta.url).href, new URL('./scan.js', import.meta.url).href] })
}
navigator.storage?.persist?.()
