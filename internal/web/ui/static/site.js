// What a script adds to pages that work without it.

// A page that waits for a job looks again, and shows what is new without taking the reader from where they are.
async function again() {
  const wait = document.querySelector('meta[name=again]')
  if (!wait) return
  await new Promise((resolve) => setTimeout(resolve, Math.max(1, Number(wait.content)) * 1000))
  try {
    const answer = await fetch(location.href, { headers: { accept: 'text/html' } })
    if (answer.ok && !answer.redirected) {
      const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html')
      const was = document.querySelector('main'), now = fresh.querySelector('main')
      if (was.innerHTML !== now.innerHTML) {
        const inside = was.contains(document.activeElement)
        was.replaceWith(now)
        document.title = fresh.title
        if (inside) now.focus({ preventScroll: true })
      }
      if (!fresh.querySelector('meta[name=again]')) wait.remove()
    } else if (answer.redirected) {
      location.replace(answer.url)
      return
    }
  } catch {
    // The line is broken for a moment; the next look may succeed.
  }
  again()
}
again()

// After a form came back, the reader starts at what is wrong.
document.querySelector('[data-focus]')?.focus()

// A file can be dropped on its field.
for (const box of document.querySelectorAll('.drop')) {
  const input = box.querySelector('input[type=file]')
  const hint = box.querySelector('[data-drop]')
  if (!input) continue
  if (hint) hint.hidden = false
  const mark = (on) => box.classList.toggle('over', on)
  box.addEventListener('dragover', (e) => { e.preventDefault(); mark(true) })
  box.addEventListener('dragleave', () => mark(false))
  box.addEventListener('drop', (e) => {
    e.preventDefault()
    mark(false)
    if (!e.dataTransfer?.files.length) return
    input.files = e.dataTransfer.files
    input.dispatchEvent(new Event('change', { bubbles: true }))
    input.focus()
  })
}

// Buttons that only a script can carry out are hidden without one.
for (const b of document.querySelectorAll('button[data-print]')) {
  b.hidden = false
  b.addEventListener('click', () => window.print())
}

// A form that is sent twice by a double click is sent once.
for (const form of document.querySelectorAll('form[method=post]:not([target])')) {
  form.addEventListener('submit', (e) => {
    if (form.dataset.sent) e.preventDefault()
    else form.dataset.sent = 'yes'
  })
}
window.addEventListener('pageshow', () => { for (const f of document.querySelectorAll('form[data-sent]')) delete f.dataset.sent })

// What a details element hides is printed all the same.
let opened = []
window.addEventListener('beforeprint', () => {
  opened = [...document.querySelectorAll('main details:not([open])')]
  for (const d of opened) d.open = true
})
window.addEventListener('afterprint', () => { for (const d of opened) d.open = false })
