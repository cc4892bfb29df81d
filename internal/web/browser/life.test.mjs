// The next editions of the example, pressed through from the draft to the report: a forum in English, a workshop and a study tour in Korean.
import { after, before, test } from 'node:test'
import { signIn, start } from './site.mjs'
import { Life } from './life.mjs'

let site, officer

before(async () => { site = await start(); officer = await signIn(site) }, { timeout: 240_000 })
after(async () => { await site?.stop() })

for (const [id, lang, call] of [['seoul-forum-next', 'en', 'seoul-forum-next-contribution'], ['training-workshop-next', 'ko', ''], ['city-peer-learning-next', 'ko', '']]) {
  test(`a whole life of ${id} in ${lang}`, { timeout: 600_000 }, async () => {
    const life = new Life(site, id, lang, officer)
    life.tag = '.' + id
    await life.publish()
    if (call) await life.call(call, { name: 'Bold Erdene', email: 'bold@ub.example' })
    await life.seats()
    await life.agenda()
    await life.onTheDay()
    await life.after()
    await life.page.context().close()
  })
}
