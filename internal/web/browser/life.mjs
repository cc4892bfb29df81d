// A whole life of an activity of the example, pressed through in a browser: call, registration, a seat offered, agenda, badges, check-in,
// feedback, report. Everything is found by names of fields and addresses, so that it is the same in every language.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const save = 'main form button.act:not(.plain)'

const decode = (text) => {
  const [head] = text.split(/\r?\n\r?\n/)
  const body = text.slice(head.length)
  if (/Content-Transfer-Encoding: base64/i.test(text)) return Buffer.from(text.split(/base64\r?\n(?:.+\r?\n)*\r?\n/i)[1].split(/\r?\n--/)[0], 'base64').toString()
  return Buffer.from(body.replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/g, (_, h) => String.fromCharCode(parseInt(h, 16))), 'latin1').toString()
}

/** The day that is n days from today in Seoul, "2027-05-19". */
export const day = (n) => new Date(Date.now() + 9 * 3600_000 + n * 86400_000).toISOString().slice(0, 10)

export class Life {
  constructor(site, id, lang, officer) { Object.assign(this, { site, id, lang, officer, read: new Set() }) }

  to(path) { return `${this.site.url}/${this.lang}${path}` }

  /** A page of its own for somebody: a phone, or a wide screen with the officer signed in. */
  async open(state) {
    const context = await this.site.browser.newContext({ viewport: state ? { width: 1280, height: 900 } : { width: 390, height: 844 }, hasTouch: !state, storageState: state, locale: this.lang })
    const page = await context.newPage()
    page.setDefaultTimeout(30_000)
    page.on('pageerror', (e) => { throw e })
    return page
  }

  async go(page, path, status = 200) {
    const answer = await page.goto(path.startsWith('http') ? path : this.to(path))
    assert.equal(answer.status(), status, `${page.url()}: ${answer.status()}\n${await this.errors(page)}`)
  }

  async errors(page) { return (await page.locator('.errors, .box.stop').allInnerTexts()).join('\n') }

  /** Presses a button that leads to another page, and wants no errors there. */
  async press(page, button) {
    const [answer] = await Promise.all([page.waitForResponse((r) => r.request().isNavigationRequest() && r.request().method() === 'POST'), page.locator(button).first().click()])
    await page.waitForLoadState()
    assert.ok(answer.status() < 400, `${button} at ${answer.url()}: ${answer.status()}\n${await this.errors(page)}`)
  }

  async set(page, fields) {
    for (const [name, value] of Object.entries(fields)) {
      const at = page.locator(`main [name="${name}"]:not([type=hidden])`)
      const kind = await at.first().evaluate((e) => (e.tagName === 'SELECT' ? 'select' : e.type))
      if (kind === 'select') await at.first().selectOption(value)
      else if (kind === 'checkbox' && typeof value === 'boolean') await at.first().setChecked(value)
      else if (kind === 'radio' || kind === 'checkbox') await page.locator(`main [name="${name}"][value="${value}"]`).check()
      else await at.first().fill(value)
    }
  }

  /** Answers what a page of a form asks, whatever it is. */
  async answer(page) {
    for (const f of await page.locator('main form [name]:visible').all()) {
      const [kind, name, required] = await f.evaluate((e) => [e.tagName === 'SELECT' ? 'select' : e.tagName === 'TEXTAREA' ? 'text' : e.type, e.name, true])
      if (!required || kind === 'submit' || kind === 'file' || kind === 'hidden') continue
      if (kind === 'radio') { if (!(await page.locator(`[name="${name}"]:checked`).count())) await f.check() }
      else if (kind === 'checkbox') continue
      else if (kind === 'select') { if (!(await f.inputValue())) await f.selectOption({ index: 1 }) }
      else if (kind === 'date') await f.fill(day(1))
      else if (!(await f.inputValue())) await f.fill('Vapour recovery')
    }
  }

  /** The newest letter to somebody that has a link with the part. Letters wait for a moment to be sent. */
  async link(to, part) {
    for (let i = 0; i < 600; i++) {
      for (const name of readdirSync(join(this.site.folder, 'mail'), { recursive: true }).map(String).filter((n) => n.endsWith('.eml')).sort().reverse()) {
        const text = readFileSync(join(this.site.folder, 'mail', name), 'utf8')
        if (!text.toLowerCase().includes(to.toLowerCase()) || this.read.has(name + part)) continue
        const found = decode(text).match(new RegExp(`http://\\S*${part}[^\\s<>"]*`))
        if (found) { this.read.add(name + part); return found[0] }
      }
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    assert.fail(`no letter to ${to} with a link to ${part}`)
  }

  /** Gives the draft its days, place and zone, and publishes it. */
  async publish() {
    const page = this.page = await this.open(this.officer)
    await this.go(page, `/office/activities/${this.id}`)
    const [y, m, d] = day(0).split('-')
    const [y2, m2, d2] = day(1).split('-')
    await this.set(page, { 'period.from.d': String(+d), 'period.from.m': String(+m), 'period.from.y': y, 'period.to.d': String(+d2), 'period.to.m': String(+m2), 'period.to.y': y2, place: 'seoul', zone: 'Asia/Seoul', mode: 'onsite' })
    await this.press(page, save)
    await this.go(page, `/activities/${this.id}`)
    await this.press(page, 'form[action*="/publish"] button')
    const visitor = await this.open()
    await this.go(visitor, `/activities/${this.id}`)
    await visitor.context().close()
  }

  /** Gives the call its deadline, opens it, and sends something in from a phone. */
  async call(id, who) {
    const page = this.page
    await this.go(page, `/office/calls/${id}/edit`)
    await this.set(page, { closes: `${day(1)}T18:00` })
    await this.press(page, save)
    await this.go(page, `/office/calls/${id}`)
    await this.press(page, 'button[name=do][value=publish]')
    const phone = await this.open()
    await this.go(phone, `/calls/${id}/answer`)
    await this.set(phone, { name: who.name, email: who.email })
    if (await phone.locator('[name=city]').count()) await this.set(phone, { city: 'seoul' })
    await this.answer(phone)
    await this.press(phone, save)
    for (let i = 0; i < 5 && /\/pages\//.test(phone.url()); i++) {
      await this.answer(phone)
      await this.press(phone, save)
    }
    await this.press(phone, 'form[action$="/send"] button')
    await phone.context().close()
  }

  /** Lets in as many people as there are seats, the next in line waits, gets the seat that is given back, and takes it. */
  async seats() {
    const page = this.page
    await this.go(page, `/office/activities/${this.id}/registration`)
    await this.set(page, { open: true, approve: false, waiting: true, 'quotas.0.seats': '1' })
    await this.press(page, save)
    const first = { name: 'Saltanat Bek', email: `first.${this.lang}${this.tag ?? ""}@air.example` }
    const second = { name: '김하늘', email: `second.${this.lang}${this.tag ?? ""}@air.example` }
    const held = await this.register(first)
    await this.link(first.email, '/seats/')
    const waits = await this.register(second)
    await this.link(second.email, '/seats/')
    const phone = await this.open()
    await this.go(phone, waits)
    assert.equal(await phone.locator('form[action$="/accept"]').count(), 0, 'a seat is offered though none is free')
    await this.go(phone, held)
    await this.press(phone, 'form[action$="/leave"] button')
    await this.go(phone, await this.link(second.email, '/seats/')) // the letter of the offer
    await this.press(phone, 'form[action$="/accept"] button')
    await phone.context().close()
    await this.go(page, `/office/activities/${this.id}/people`)
    assert.match(await page.innerText('main'), /김하늘/)
  }

  async register(who) {
    const phone = await this.open()
    await this.go(phone, `/activities/${this.id}/register`)
    await this.set(phone, who)
    await this.answer(phone)
    await this.press(phone, save)
    for (let i = 0; i < 6 && /\/register\/[^/]+\/[^/?]+/.test(phone.url()); i++) {
      await this.answer(phone)
      await this.press(phone, save)
    }
    await this.press(phone, save)
    const seat = phone.url()
    assert.match(seat, /\/seats\//)
    await phone.context().close()
    return seat
  }

  /** Writes a session and releases the agenda; a reader finds it. */
  async agenda() {
    const page = this.page
    await this.go(page, `/office/activities/${this.id}/agenda/new`)
    await this.set(page, { [`names.${this.lang}`]: 'Opening of the day', kind: 'session', starts: `${day(0)}T09:00`, ends: `${day(0)}T10:00` })
    await this.press(page, save)
    await this.go(page, `/office/activities/${this.id}/agenda/changes`)
    await this.press(page, save)
    const phone = await this.open()
    await this.go(phone, `/activities/${this.id}/agenda`)
    assert.match(await phone.innerText('main'), /Opening of the day/)
    await phone.context().close()
  }

  /** Prints badges, lets a phone in, and marks somebody without a network. */
  async onTheDay() {
    const page = this.page
    await this.go(page, `/office/activities/${this.id}/badges`)
    const sheet = await page.locator('form[action$="/badges/sheet"]').first()
    await sheet.evaluate((f) => { f.removeAttribute('target') })
    await sheet.locator('button').first().click()
    await page.waitForURL(/badges\/sheet/)
    assert.match(await page.innerText('body'), /김하늘/)
    await this.go(page, `/office/activities/${this.id}/devices`)
    await this.set(page, { name: 'Door' })
    await this.press(page, save)
    const link = (await page.content()).match(/https?:\/\/[^"<\s]*\/checkin\/[^"<\s]*#token=[A-Za-z0-9_-]+/)?.[0]
    assert.ok(link, 'no link for a phone')
    const phone = await this.open()
    await phone.goto(link)
    await phone.waitForFunction(() => document.querySelectorAll('#people li').length > 0)
    await phone.waitForFunction(() => !document.querySelector('#kept').hidden)
    await phone.context().setOffline(true)
    await phone.reload()
    await phone.waitForFunction(() => document.querySelectorAll('#people li').length > 0)
    await phone.locator('#people li button').first().click()
    await phone.waitForFunction(() => document.querySelector('#waiting').dataset.count === '1')
    await phone.context().setOffline(false)
    await phone.evaluate(() => dispatchEvent(new Event('online')))
    await phone.waitForFunction(() => document.querySelector('#waiting').dataset.count === '0')
    await phone.context().close()
  }

  /** Asks for feedback, gives some, and drafts, freezes and publishes the report. */
  async after() {
    const page = this.page
    await this.go(page, `/office/activities/${this.id}/feedback`)
    await this.set(page, { until: `${day(7)}T18:00` })
    await this.press(page, 'button[name=do][value=ask]')
    await this.release()
    const phone = await this.open()
    await this.go(phone, await this.link(`second.${this.lang}${this.tag ?? ""}@air.example`, '/feedback/'))
    await this.answer(phone)
    await this.press(phone, save)
    await phone.context().close()
    await this.go(page, `/office/activities/${this.id}/report`)
    await this.press(page, save)
    await this.press(page, 'button[name=do][value=freeze]')
    await this.press(page, 'button[name=do][value=publish]')
    const reader = await this.open()
    await this.go(reader, page.url().replace('/office/', '/'))
    assert.match(await reader.innerText('main'), /Opening of the day/)
    await reader.context().close()
  }

  /** Lets the letters go that wait for an officer's look. */
  async release() {
    await this.go(this.page, '/office/mail/release')
    if (await this.page.locator(save).count()) await this.press(this.page, save)
  }
}
