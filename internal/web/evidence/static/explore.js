// Dragging across the hours zooms into the days that were passed over. The form and the links do the same without it.
const second = 1000

const start = () => {
  const section = document.querySelector('section[aria-labelledby=exp]')
  const form = section?.querySelector('form[data-explorer]')
  if (!form) return
  const begin = Number(form.dataset.begin), end = Number(form.dataset.end)
  for (const svg of section.querySelectorAll('[role=img] > svg[viewBox]')) {
    svg.classList.add('drag')
    svg.addEventListener('pointerdown', (e) => e.pointerType !== 'touch' && e.button === 0 && drag(e, svg, form, begin, end))
  }
}

// span is where the time axis runs, in units of the drawing: the longest horizontal line of its grid.
const span = (svg) => {
  let best = null
  for (const line of svg.querySelectorAll('path.ax, path.g')) {
    const box = line.getBBox()
    if (box.height < 1 && (!best || box.width > best.width)) best = box
  }
  return best
}

const drag = (down, svg, form, begin, end) => {
  const axis = span(svg)
  if (!axis) return
  const at = (e) => {
    const p = new DOMPoint(e.clientX, e.clientY).matrixTransform(svg.getScreenCTM().inverse())
    return Math.min(Math.max(p.x, axis.x), axis.x + axis.width)
  }
  const from = at(down)
  const mark = document.createElementNS('http://www.w3.org/2000/svg', 'rect')
  mark.setAttribute('class', 'sel')
  mark.setAttribute('y', 0)
  mark.setAttribute('height', svg.viewBox.baseVal.height)
  svg.append(mark)
  const move = (e) => {
    const to = at(e)
    mark.setAttribute('x', Math.min(from, to))
    mark.setAttribute('width', Math.abs(to - from))
  }
  const stop = (e) => {
    svg.removeEventListener('pointermove', move)
    const to = e.type === 'pointerup' ? at(e) : from
    mark.remove()
    if (Math.abs(to - from) < 8) return
    const date = (x) => new Date((begin + (end - begin) * (x - axis.x) / axis.width) * second)
    const [a, b] = [Math.min(from, to), Math.max(from, to)]
    form.elements.from.value = date(a).toISOString().slice(0, 10)
    form.elements.to.value = new Date(date(b).getTime() - second).toISOString().slice(0, 10)
    show(form)
  }
  down.preventDefault()
  svg.setPointerCapture(down.pointerId)
  svg.addEventListener('pointermove', move)
  svg.addEventListener('pointerup', stop, { once: true })
  svg.addEventListener('pointercancel', stop, { once: true })
}

// show asks for the page with the form's answers and takes the explorer from it; the rest of the page stays.
const show = async (form) => {
  const address = new URL(form.action.split('#')[0])
  address.search = new URLSearchParams(new FormData(form)).toString()
  await take(address, true)
}

const take = async (address, push) => {
  const answer = await fetch(address)
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  const fresh = page.querySelector('section[aria-labelledby=exp]')
  if (!answer.ok || !fresh) {
    location.assign(address)
    return
  }
  document.querySelector('section[aria-labelledby=exp]').replaceWith(fresh)
  if (push) history.pushState(null, '', address)
  start()
}

addEventListener('popstate', () => take(new URL(location.href), false))
start()
