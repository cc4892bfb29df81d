// The check-in page in a browser without a network: what is marked waits, survives a reload, and arrives once.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { chromium } from 'playwright-core'

const { DAY_COOKIES: cookies, DAY_URL: url, DAY_TOKEN: token, DAY_OTHER: other, DAY_SHOTS: shots, AIRCOMMONS_CHROMIUM: program } = process.env
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox'] })

test.after(() => browser.close())

async function phone(secret, lang = 'en') {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true })
  const page = await context.newPage()
  const errors = []
  page.on('pageerror', (e) => errors.push(String(e)))
  await page.goto(`${url}/${lang}/checkin/forum-2027#token=${secret}`)
  await page.waitForFunction(() => document.querySelectorAll('#people li').length > 0)
  await page.waitForFunction(() => !document.querySelector('#kept').hidden) // the worker has everything it needs
  assert.ok(!page.url().includes('act_'), 'the token stays in the address')
  return { context, page, errors }
}

const press = async (page, name) => {
  await page.fill('#q', name)
  await page.click(`#people li:has(strong:text-is("${name}")) button`)
}

test('twenty people are marked without a network, the page is opened anew, and all arrive once', async () => {
  const { context, page, errors } = await phone(token)
  await page.addScriptTag({ content: axe }).catch(() => page.evaluate(axe))
  const found = await page.evaluate(() => axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] }))
  assert.deepEqual(found.violations.map((v) => v.id + ' ' + v.nodes[0].html), [])
  if (shots) await page.screenshot({ path: `${shots}/checkin.png` })

  assert.equal(await page.$eval('#item', (s) => s.selectedOptions[0]?.value), '') // the activity as a whole is a choice that can be chosen again

  await context.setOffline(true)
  for (let i = 1; i <= 12; i++) await press(page, `Guest ${String(i).padStart(2, '0')}`)
  await page.waitForFunction(() => document.querySelector('#waiting').dataset.count === '12')
  await page.reload()
  await page.waitForFunction(() => document.querySelector('#count').dataset.present === '12')
  await press(page, 'Guest 01') // take back, and mark again
  await press(page, 'Guest 01')
  for (let i = 13; i <= 20; i++) await press(page, `Guest ${String(i).padStart(2, '0')}`)
  await page.fill('#q', '')
  await page.waitForFunction(() => document.querySelector('#count').dataset.present === '20')
  assert.equal(await page.textContent('#waiting'), '22 waiting to be sent') // twenty, and the two of changing one's mind
  if (shots) await page.screenshot({ path: `${shots}/checkin-offline.png` })

  // A second window of the same phone, and a second phone that marks two of the same people.
  const second = await context.newPage()
  await second.goto(`${url}/en/checkin/forum-2027`)
  await second.waitForFunction(() => document.querySelector('#count').dataset.present === '20')
  const two = await phone(other, 'ko')
  await press(two.page, 'Guest 01')
  await press(two.page, 'Guest 02')
  await two.page.waitForFunction(() => document.querySelector('#count').dataset.present === '2')
  await two.page.waitForFunction(() => document.querySelector('#waiting').dataset.count === '0')
  if (shots) await two.page.screenshot({ path: `${shots}/checkin-ko.png` })

  await context.setOffline(false)
  for (const p of [page, second]) {
    await p.evaluate(() => dispatchEvent(new Event('online')))
    await p.waitForFunction(() => document.querySelector('#waiting').dataset.count === '0', undefined, { timeout: 30000 })
    await p.waitForFunction(() => document.querySelector('#count').dataset.present === '20')
  }
  assert.deepEqual([...errors, ...two.errors], [])
  await context.close()
  await two.context.close()
})

test('an answer that is lost sends the same marks again', async () => {
  const { context, page } = await phone(token)
  let lost = 0
  await page.route('**/marks', async (route) => {
    if (lost++) return route.continue()
    await route.fetch() // it arrives, and nobody hears of it
    await route.abort()
  })
  await press(page, 'Guest 21')
  await page.waitForFunction(() => document.querySelector('#net').classList.contains('notice'))
  assert.equal(await page.textContent('#waiting'), '1 waiting to be sent')
  await page.evaluate(() => dispatchEvent(new Event('online')))
  await page.waitForFunction(() => document.querySelector('#waiting').dataset.count === '0')
  assert.ok(lost > 1)
  await context.close()
})

test('a device that may not any more forgets whom it knew', async () => {
  const { context, page } = await phone(token)
  await page.route('**/list', (route) => route.fulfill({ status: 401, body: '{}' }))
  await page.evaluate(() => dispatchEvent(new Event('online')))
  await page.waitForFunction(() => !document.querySelector('#problem').hidden)
  assert.equal(await page.locator('#people li').count(), 0)
  await page.unroute('**/list')
  await page.reload()
  await page.waitForFunction(() => !document.querySelector('#problem').hidden)
  const kept = await page.evaluate(() => new Promise((resolve) => {
    const r = indexedDB.open('aircommons-checkin')
    r.onsuccess = () => { const q = r.result.transaction('about').objectStore('about').getAll(); q.onsuccess = () => resolve(JSON.stringify(q.result)) }
  }))
  assert.ok(!kept.includes('Guest') && !kept.includes('act_'), kept)
  await context.close()
})

test('whoever signs out leaves no names behind', async () => {
  const context = await browser.newContext()
  await context.addCookies(JSON.parse(cookies))
  const page = await context.newPage()
  await page.goto(`${url}/en/checkin/forum-2027`)
  await page.waitForFunction(() => document.querySelectorAll('#people li').length > 0)
  await page.goto(`${url}/en/signout`)
  await page.click('main button')
  const names = () => page.evaluate(() => new Promise((resolve) => {
    const r = indexedDB.open('aircommons-checkin')
    r.onsuccess = () => { const q = r.result.transaction('about').objectStore('about').getAll(); q.onsuccess = () => resolve(JSON.stringify(q.result).includes('Guest')) }
  }))
  for (let i = 0; i < 50 && await names(); i++) await page.waitForTimeout(100)
  assert.equal(await names(), false)
  await context.close()
})
