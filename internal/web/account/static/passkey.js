// Passkeys: asks the browser for one, and hands its answer to the site. What needs this script is hidden without it.
const known = window.PublicKeyCredential && PublicKeyCredential.parseCreationOptionsFromJSON && PublicKeyCredential.parseRequestOptionsFromJSON

async function post(path, fields) {
  const answer = await fetch(path, { method: 'POST', body: new URLSearchParams(fields) })
  if (answer.ok) return answer.json()
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  throw new Error(page.querySelector('.lede')?.textContent ?? '')
}

async function run(box) {
  const path = box.dataset.passkey
  const { options, ceremony } = await post(path + '/begin', {})
  const making = box.dataset.make !== undefined
  const credential = making
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options.publicKey) })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options.publicKey) })
  const fields = { ceremony, answer: JSON.stringify(credential.toJSON()) }
  for (const input of box.querySelectorAll('input')) fields[input.name] = input.value
  const { to } = await post(path, fields)
  location.assign(to)
}

for (const box of known ? document.querySelectorAll('[data-passkey]') : []) {
  box.hidden = false
  const said = box.querySelector('[role=alert]')
  box.querySelector('button').addEventListener('click', async () => {
    said.hidden = true
    try {
      await run(box)
    } catch (e) {
      // Whoever closed the browser's window knows it; another refusal is told.
      said.textContent = e.name === 'Error' && e.message ? e.message : box.dataset.refused
      said.hidden = false
    }
  })
}
