// A passkey in a real browser: made on one's own page, used to sign in without a letter, taken out. The key lies in a
// device that Chromium pretends to have. AIRCOMMONS_PROGRAM names the built program.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { chromium } from 'playwright-core'

const free = () => new Promise((resolve) => {
  const s = createServer().listen(0, '127.0.0.1', () => { const { port } = s.address(); s.close(() => resolve(port)) })
})

test('a passkey signs in', { timeout: 180_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'aircommons-passkey-'))
  const port = await free()
  const url = `http://localhost:${port}` // browsers know passkeys by name, and trust this one without https
  const program = spawn(process.env.AIRCOMMONS_PROGRAM, ['serve', '--addr', `127.0.0.1:${port}`, '--url', url, '--data', folder], { stdio: ['ignore', 'ignore', 'pipe'] })
  const browser = await chromium.launch({ executablePath: process.env.AIRCOMMONS_CHROMIUM || '/usr/bin/chromium', args: ['--headless', '--no-sandbox', '--disable-gpu'] })
  try {
    let said = ''
    const link = await new Promise((resolve, reject) => {
      program.on('exit', () => reject(new Error(said)))
      program.stderr.on('data', (data) => { said += data; const at = said.match(/http:\/\/\S+\/signin\/\S+/); if (at) resolve(at[0]) })
    })
    const context = await browser.newContext()
    const page = await context.newPage()
    const faults = []
    page.on('pageerror', (e) => faults.push(e.message))
    const device = await context.newCDPSession(page)
    await device.send('WebAuthn.enable')
    const { authenticatorId } = await device.send('WebAuthn.addVirtualAuthenticator', {
      options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
    })
    await page.goto(link)
    await page.click('main form button')
    await page.goto(url + '/en/me')
    await page.fill('#f-passkey', 'My phone')
    await page.click('[data-passkey] button')
    await page.waitForSelector('.box.done')
    assert.match(await page.textContent('main'), /My phone/)
    const { credentials } = await device.send('WebAuthn.getCredentials', { authenticatorId })
    assert.equal(credentials.length, 1)

    const signOut = async () => { await page.goto(url + '/en/signout'); await page.click('main form button') }
    await signOut()
    await page.goto(url + '/ko/signin?next=/cities')
    await page.click('[data-passkey] button')
    await page.waitForURL(url + '/ko/cities')

    // Taken out, it opens nothing, and the page says so.
    await page.goto(url + '/en/me')
    await page.click('form[action$="/remove"] button')
    await page.waitForSelector('.box.done')
    await signOut()
    await page.goto(url + '/en/signin')
    await page.click('[data-passkey] button')
    await page.waitForSelector('[data-passkey] [role=alert]:not([hidden])')
    assert.match(await page.textContent('[data-passkey] [role=alert]'), /passkey/)
    assert.equal((await fetch(url + '/en/me')).status, 403)

    // Without a script nothing is offered that would do nothing.
    const plain = await (await browser.newContext({ javaScriptEnabled: false })).newPage()
    await plain.goto(url + '/en/signin')
    assert.equal(await plain.isVisible('[data-passkey] button'), false)
    assert.deepEqual(faults, [])
  } finally {
    await browser.close()
    program.removeAllListeners('exit')
    const ended = new Promise((resolve) => program.on('exit', resolve))
    program.kill('SIGTERM')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
})
