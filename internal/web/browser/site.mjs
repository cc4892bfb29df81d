// What the tests in a browser share: the program with its example on a free port, a Chromium, and the checks of a page.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

export const chromiumPath = process.env.AIRCOMMONS_CHROMIUM || '/usr/bin/chromium'

/** A made year of hours of one station in Beijing, so that days, months and hours are drawn. Every 19th hour is missing. */
function hours() {
  const lines = ['date,pm25,no2']
  for (let i = 0; i < 8760; i++) {
    const at = new Date(Date.UTC(2015, 0, 1, i)).toISOString().slice(0, 16).replace('T', ' ')
    const pm = 60 + 50 * Math.cos(i / 1390) + 20 * Math.sin(i / 3.8) + (i % 97 === 0 ? 180 : 0)
    lines.push(i % 19 === 0 ? `${at},,` : `${at},${Math.max(4, pm).toFixed(0)},${(40 + 15 * Math.cos(i / 3.8)).toFixed(0)}`)
  }
  return lines.join('\n') + '\n'
}

/** Starts the program named by AIRCOMMONS_PROGRAM over an empty folder with the example and the hours of one station. */
export async function start() {
  const folder = mkdtempSync(join(tmpdir(), 'aircommons-browser-'))
  const program = spawn(process.env.AIRCOMMONS_PROGRAM, ['serve', '--addr', '127.0.0.1:0', '--example', 'eacac', '--data', folder], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  let link = ''
  const url = await new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      program.kill('SIGKILL')
      reject(new Error('the program does not listen after three minutes:\n' + said))
    }, 180_000)
    program.on('exit', (code) => { clearTimeout(late); reject(new Error(`the program ended with ${code}:\n${said}`)) })
    program.stderr.on('data', (data) => {
      said += data
      const at = said.match(/listening on (http:\/\/\S+)/)
      link = said.match(/http:\/\/\S+\/signin\/\S+/)?.[0] ?? ''
      if (at && link) { clearTimeout(late); resolve(at[1]) }
    })
  })
  const file = join(folder, 'station.csv')
  writeFileSync(file, hours())
  const read = spawnSync(process.env.AIRCOMMONS_PROGRAM, ['import', '--data', folder, '--city', 'beijing', '--station-code', 'test', '--zone', '+08:00', '--hour', 'start', '--unit', 'µg/m³', file], { encoding: 'utf8' })
  if (read.status !== 0) { program.kill('SIGTERM'); throw new Error('the hours of a station are not read:\n' + read.stdout + read.stderr) }
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  })
  return {
    url, link, browser, folder,
    said: () => said,
    async stop() {
      await browser.close()
      program.removeAllListeners('exit')
      const ended = new Promise((resolve) => program.on('exit', resolve))
      program.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Signs in by the link that the program printed, and gives the cookies. */
export async function signIn(site) {
  const context = await site.browser.newContext()
  const page = await context.newPage()
  await page.goto(site.link)
  await page.click('main button.act')
  const state = await context.storageState()
  await context.close()
  return state
}

/** The first two differ in width and in colours, and so do the last two. */
export const looks = [
  { width: 390, scheme: 'light' }, { width: 1280, scheme: 'dark' }, { width: 390, scheme: 'dark' }, { width: 1280, scheme: 'light' },
]

/** Opens pages in one look and collects what is wrong with them. */
export class Visitor {
  constructor(site, look, state) { Object.assign(this, { site, look, state, faults: [] }) }

  async open() {
    this.context = await this.site.browser.newContext({ viewport: { width: this.look.width, height: 900 }, colorScheme: this.look.scheme, storageState: this.state })
    this.page = await this.context.newPage()
    this.page.on('console', (m) => { if (m.type() === 'error' && !/status of 4\d\d/.test(m.text())) this.fault(`console: ${m.text()}`) })
    this.page.on('pageerror', (e) => this.fault(`script: ${e.message}`))
    this.page.on('request', (r) => { if (!r.url().startsWith(this.site.url) && !r.url().startsWith('data:')) this.fault(`request leaves the site: ${r.url()}`) })
    this.page.on('requestfailed', (r) => { if (!/ERR_ABORTED/.test(r.failure()?.errorText ?? '')) this.fault(`request failed: ${r.url()} ${r.failure()?.errorText}`) })
    return this
  }

  fault(text) { this.faults.push(`${this.path} (${this.look.width} px, ${this.look.scheme}): ${text}`) }

  /** Visits a path, checks it, and gives the links on it that stay in the site. */
  async visit(path, status = 200) {
    this.path = path
    const answer = await this.page.goto(this.site.url + path, { waitUntil: 'load' })
    if (answer.status() !== status) this.fault(`status ${answer.status()}, want ${status}`)
    const found = await this.page.evaluate(() => {
      const wide = document.documentElement.scrollWidth > window.innerWidth
      const heads = [...document.querySelectorAll('h1')].length
      const links = [...document.querySelectorAll('a[href]')].map((a) => a.getAttribute('href')).filter((h) => h.startsWith('/'))
      const styled = document.querySelector('[style]')?.outerHTML
      const twice = [...document.querySelectorAll('[id]')].map((e) => e.id).filter((id, i, all) => all.indexOf(id) !== i)
      const marks = [...document.querySelectorAll('[data-marks] textarea, [data-marks] code')].map((e) => e.innerText || e.textContent).filter(Boolean) // the texts of letters show their marks
      const raw = (marks.reduce((all, m) => all.replace(m, ''), document.body.innerText).match(/\b[a-z]+(\.[a-z]+){2,}\b|\{\{|\{[A-Z][a-z]+\}|<no value>|%!/g) || []).filter((w) => !/\.(org|com|net|int|gov|cn|jp|kr|mn|go|or|ac|example|localhost)\b/.test(w) && !/@/.test(w))
      // Classes of drawings stay in drawings: what they set on a part of the page, every drawing in it would inherit.
      const inked = [...document.querySelectorAll('main *')].find((e) => !e.closest('svg') && (getComputedStyle(e).stroke !== 'none' || getComputedStyle(e).strokeDasharray !== 'none'))?.outerHTML
      return { wide, heads, links, styled, inked, twice, raw, lang: document.documentElement.lang, title: document.title, described: !!document.querySelector('meta[name=description]'), canonical: document.querySelector('link[rel=canonical]')?.href, noindex: !!document.querySelector('meta[name=robots]') }
    })
    if (found.wide) this.fault('scrolls sideways')
    if (found.heads !== 1) this.fault(`${found.heads} headlines of the first level`)
    if (found.styled) this.fault(`style attribute: ${found.styled.slice(0, 120)}`)
    if (found.inked) this.fault(`a stroke outside of a drawing: ${found.inked.slice(0, 120)}`)
    if (found.twice.length) this.fault(`ids that stand twice: ${found.twice}`)
    if (found.raw.length) this.fault(`looks like a key or a hole: ${found.raw.slice(0, 5)}`)
    if (!path.startsWith('/' + found.lang + '/')) this.fault(`language ${found.lang}`)
    if (!found.title) this.fault('no title')
    if (!found.noindex && !found.described) this.fault('no description')
    if (!found.noindex && !found.canonical) this.fault('no canonical link')
    return found.links
  }

  /** Runs axe on the page that is open. */
  async axe() {
    await this.page.evaluate(axe)
    const broken = await this.page.evaluate(async (tags) => {
      const result = await window.axe.run({ runOnly: tags, resultTypes: ['violations'] })
      return result.violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.target.join(' ') + ' ' + (n.any[0] ?? n.all[0] ?? n.none[0])?.message).join(' | ')}`)
    }, tags)
    for (const b of broken) this.fault(`axe ${b}`)
  }

  /** Narrows the window to 320 px, where a page reflows without scrolling sideways. */
  async narrow() {
    await this.page.setViewportSize({ width: 320, height: 800 })
    const wide = await this.page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth && [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > window.innerWidth + 1 && !e.closest('.scroll')).slice(-1).map((e) => e.outerHTML.slice(0, 160))[0])
    if (wide) this.fault(`scrolls sideways at 320 px: ${wide}`)
    await this.page.setViewportSize({ width: this.look.width, height: 900 })
  }

  async close() { await this.context.close() }
}

/** The kind of a page: its address with what names a thing left out, so that one of each kind can be looked at closely. */
export function kindOf(path) {
  const [bare] = path.split('?')
  const parts = bare.split('/').slice(2)
  const fixed = new Set(['new', 'history', 'map', 'file', 'air', 'strip', 'delete', 'items', 'import'])
  const first = parts[0] === 'office' || parts[0] === 'evidence' ? 2 : 1
  return parts.map((p, i) => (i < first || fixed.has(p) ? p : '*')).join('/')
}
