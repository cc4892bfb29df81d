// Looks at the pages of what remains of an activity, wide and narrow, in English and Korean: nothing wider than the
// screen, nothing that axe finds. AFTER_SHOTS names a folder for pictures.
import test from 'node:test'
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { chromium } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const site = process.env.AFTER_URL

test('feedback, figures, reports, histories', async () => {
  const browser = await chromium.launch({ executablePath: process.env.AIRCOMMONS_CHROMIUM, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })
  try {
    const context = await browser.newContext({ bypassCSP: true })
    const page = await context.newPage()
    await page.goto(site + process.env.AFTER_SIGNIN)
    await page.click('main button.act')
    const wrong = []
    for (const path of process.env.AFTER_PAGES.split(' ')) {
      for (const lang of ['en', 'ko']) {
        for (const width of [1280, 390]) {
          await page.setViewportSize({ width, height: 900 })
          const answer = await page.goto(site + '/' + lang + path)
          const at = `${lang}${path} at ${width}`
          if (answer.status() !== 200) { wrong.push(`${at}: ${answer.status()}`); continue }
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
          if (wide > 0) wrong.push(`${at}: ${wide} pixels too wide`)
          await page.evaluate(axe)
          const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }))
          for (const v of found.violations) wrong.push(`${at}: ${v.id}: ${v.nodes[0].html.slice(0, 160)}`)
          if (process.env.AFTER_SHOTS) await page.screenshot({ path: `${process.env.AFTER_SHOTS}/${(lang + path).replace(/[^a-z0-9]+/gi, '-')}-${width}.png`, fullPage: true })
        }
      }
      if (process.env.AFTER_SHOTS && path.startsWith('/reports/')) await page.pdf({ path: `${process.env.AFTER_SHOTS}/report-page.pdf`, format: 'A4' })
    }
    assert.deepEqual(wrong, [])
  } finally {
    await browser.close()
  }
})
