// The site as a browser sees it. AIRCOMMONS_PROGRAM names the built program; AIRCOMMONS_BROWSER=all looks at every page
// in every look instead of some of each kind.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { kindOf, looks, signIn, start, Visitor } from './site.mjs'

const all = process.env.AIRCOMMONS_BROWSER === 'all'
let site

before(async () => { site = await start() }, { timeout: 240_000 })
after(async () => { await site?.stop() })

const file = /\.(svg|csv|xlsx|json|pdf|xml|txt|zip|yaml|geojson)(\?|$)|^\/(files|static)\//

/** Follows the links of a language from a page on, at most so many to each kind of page, and gives the pages in the order
 *  they were found, and the links that lead nowhere. Choices in an address can be combined without end, so of each kind only
 *  some addresses with a query are followed. */
async function crawl(from, state, allowed, ofEachKind = Infinity) {
  const counts = new Map()
  const found = [from]
  const linked = new Map([[from, 'the test']])
  const pages = []
  const broken = []
  const cookie = (state?.cookies ?? []).map((c) => `${c.name}=${c.value}`).join('; ')
  for (let i = 0; i < found.length; i++) {
    const answer = await fetch(site.url + found[i], { redirect: 'manual', headers: { cookie } })
    const text = await answer.text()
    if (answer.status >= 400) broken.push(`${found[i]}: status ${answer.status}, linked from ${linked.get(found[i])}`)
    if (answer.status !== 200 || !(answer.headers.get('content-type') ?? '').startsWith('text/html')) continue
    pages.push(found[i])
    for (const [, raw] of text.matchAll(/<a [^>]*?href="(\/[^"#]*)/g)) {
      const path = raw.replaceAll('&amp;', '&')
      if (linked.has(path) || !allowed(path)) continue
      linked.set(path, found[i])
      const kind = kindOf(path) + (path.includes('?') ? '?' : '')
      counts.set(kind, (counts.get(kind) ?? 0) + 1)
      if (counts.get(kind) > (path.includes('?') ? Math.min(ofEachKind, 20) : ofEachKind)) continue
      found.push(path)
    }
  }
  return { pages, broken }
}

/** Visits pages in several looks at once: all of them in all looks, or one of each kind in so many of the looks, another
 *  kind beginning with another look. */
async function visitAll(paths, state, inLooks) {
  const kinds = new Set()
  const jobs = looks.map(() => [])
  for (const path of paths) {
    const kind = kindOf(path)
    if (all) jobs.forEach((job) => job.push(path))
    else if (!kinds.has(kind)) for (let n = 0; n < inLooks; n++) jobs[(kinds.size * inLooks + n) % looks.length].push(path)
    kinds.add(kind)
  }
  const faults = []
  await Promise.all(looks.map(async (look, i) => {
    const visitor = await new Visitor(site, look, state).open()
    for (const path of jobs[i]) {
      await visitor.visit(path)
      await visitor.axe()
      if (look.width === 390) await visitor.narrow()
    }
    faults.push(...visitor.faults)
    await visitor.close()
  }))
  return { faults, kinds: kinds.size, visits: jobs.reduce((n, j) => n + j.length, 0) }
}

test('every page of the public site', async (t) => {
  const { pages, broken } = await crawl('/en/', null, (p) => p.startsWith('/en/') && !file.test(p))
  assert.ok(pages.length > 60, `only ${pages.length} pages were found`)
  const { faults, kinds, visits } = await visitAll(pages, null, 2)
  t.diagnostic(`public: ${pages.length} pages, ${kinds} kinds, ${visits} visits`)
  assert.deepEqual([...broken, ...faults], [])
})

test('every page of the office', async (t) => {
  const state = await signIn(site)
  const { pages, broken } = await crawl('/en/office', state, (p) => /^\/en\/(office|evidence\/import|me)/.test(p) && !file.test(p), all ? Infinity : 4)
  assert.ok(pages.length > 20, `only ${pages.length} pages were found`)
  const { faults, kinds, visits } = await visitAll(pages, state, 1)
  t.diagnostic(`office: ${pages.length} pages, ${kinds} kinds, ${visits} visits`)
  assert.deepEqual([...broken, ...faults], [])
})

test('a page of each kind in every language', async (t) => {
  const { pages } = await crawl('/en/', null, (p) => p.startsWith('/en/') && !file.test(p))
  const one = new Map()
  for (const p of pages) if (!one.has(kindOf(p))) one.set(kindOf(p), p)
  const faults = []
  // Each language on a wide and on a narrow page, when everything is looked at; else in one look each.
  const widths = all ? [looks[0], looks[3]] : [null]
  await Promise.all(['ko', 'zh', 'ja', 'mn'].map(async (lang, i) => {
    for (const look of widths) {
      const visitor = await new Visitor(site, look ?? looks[i], null).open()
      let n = 0
      for (const p of one.values()) {
        await visitor.visit(p.replace('/en/', `/${lang}/`))
        await visitor.narrow()
        if (all || n++ % 4 === i) await visitor.axe()
      }
      faults.push(...visitor.faults)
      await visitor.close()
    }
  }))
  t.diagnostic(`languages: ${one.size} kinds, ${4 * widths.length * one.size} visits`)
  assert.deepEqual(faults, [])
})

test('error pages', async () => {
  const visitor = await new Visitor(site, looks[0], null).open()
  await visitor.visit('/en/no-such-page', 404)
  await visitor.axe()
  await visitor.visit('/ko/office/people', 403)
  await visitor.axe()
  await visitor.visit('/mn/search?q=zzzz')
  await visitor.axe()
  assert.deepEqual(visitor.faults, [])
  await visitor.close()
})

test('the keyboard reaches content and errors', async () => {
  const context = await site.browser.newContext()
  const page = await context.newPage()
  await page.goto(site.url + '/en/signin')
  await page.keyboard.press('Tab')
  assert.equal(await page.evaluate(() => document.activeElement.className), 'skip')
  await page.keyboard.press('Enter')
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main')
  await page.fill('#f-email', 'nobody')
  await page.keyboard.press('Enter')
  await page.waitForSelector('.errors')
  assert.match(await page.title(), /^Error: /)
  assert.equal(await page.evaluate(() => document.activeElement.className), 'errors')
  assert.equal(await page.inputValue('#f-email'), 'nobody')
  await page.click('.errors a')
  assert.equal(await page.evaluate(() => document.activeElement.id), 'f-email')
  await context.close()
})

test('without scripts: sign in by code, colours, languages', async () => {
  const context = await site.browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 800 } })
  const page = await context.newPage()
  await page.goto(site.url + '/en/cities')
  await page.click('summary')
  await page.fill('#menu-q', '서울')
  await page.click('.menu .find button')
  assert.equal(await page.locator('main a[href="/en/cities/seoul"]').count() > 0, true)
  await page.click('.langs a[lang=ko]')
  assert.match(page.url(), /\/ko\/search\?q=/)
  await page.click('.theme button[value=dark]')
  assert.match(page.url(), /\/ko\/search\?q=/, 'choosing colours leaves the page')
  assert.equal(await page.getAttribute('html', 'data-theme'), 'dark')
  await page.goto(site.url + '/')
  assert.match(page.url(), /\/ko\/$/, 'the language is forgotten')

  await page.goto(site.url + '/en/signin')
  await page.fill('#f-email', 'first.officer@localhost')
  await page.click('main button.act')
  const letters = join(site.folder, 'mail')
  let code
  for (let i = 0; i < 50 && !code; i++) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    const names = readdirSync(letters, { recursive: true }).filter((n) => String(n).endsWith('.eml')).sort()
    if (names.length) code = readFileSync(join(letters, String(names.at(-1))), 'utf8').match(/\b(\d{3} \d{3})\b/)?.[1]
  }
  assert.ok(code, 'no letter with a code')
  await page.fill('#f-code', code)
  await page.click('main button.act')
  assert.equal(await page.locator('.admin').count(), 1)
  await page.click('.admin form[action="/en/signout"] button')
  assert.equal(await page.locator('.admin').count(), 0)
  await context.close()
})

test('paper: no navigation, light colours', async () => {
  const context = await site.browser.newContext({ colorScheme: 'dark' })
  const page = await context.newPage()
  await page.goto(site.url + '/en/cities/seoul')
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
  const seen = await page.evaluate(() => ({ nav: getComputedStyle(document.querySelector('.nav')).display, theme: getComputedStyle(document.querySelector('.theme')).display, paper: getComputedStyle(document.body).backgroundColor, ink: getComputedStyle(document.querySelector('h1')).color }))
  assert.deepEqual(seen, { nav: 'none', theme: 'none', paper: 'rgb(255, 255, 255)', ink: 'rgb(21, 34, 42)' })
  await context.close()
})
