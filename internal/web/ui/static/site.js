// What a script adds to pages that work without it.

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
for (const form of document.querySelectorAll('form[method=post]')) {
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
