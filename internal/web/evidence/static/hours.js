// Drag across the hours of a city's air to look closer. The form and the links do the same without this script.
const form = document.querySelector('[data-explorer]');
if (form) {
  const svgNS = 'http://www.w3.org/2000/svg';
  const begin = Number(form.dataset.begin), end = Number(form.dataset.end);
  const day = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 10);
  for (const svg of form.parentElement.querySelectorAll('figure svg.l, figure svg.s')) {
    let from = null, mark = null;
    // The axis is drawn from the first hour to the last.
    const share = (event) => {
      const box = svg.querySelector('.ax').getBoundingClientRect();
      return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    };
    const across = (part) => {
      const axis = svg.querySelector('.ax').getBBox();
      return axis.x + part * axis.width;
    };
    const stop = () => {
      from = null;
      mark?.remove();
      mark = null;
    };
    svg.addEventListener('pointerdown', (event) => {
      if (event.button !== 0 || event.pointerType === 'touch') return; // a finger scrolls
      event.preventDefault();
      svg.setPointerCapture(event.pointerId);
      from = share(event);
      mark = document.createElementNS(svgNS, 'rect');
      mark.setAttribute('class', 'rib');
      mark.setAttribute('y', '0');
      mark.setAttribute('height', '100%');
      svg.append(mark);
    });
    svg.addEventListener('pointermove', (event) => {
      if (from === null) return;
      const a = across(Math.min(from, share(event))), b = across(Math.max(from, share(event)));
      mark.setAttribute('x', a);
      mark.setAttribute('width', b - a);
    });
    svg.addEventListener('pointerup', (event) => {
      if (from === null) return;
      const to = share(event), start = from;
      stop();
      if (Math.abs(to - start) < 0.01) return; // a click
      const first = begin + Math.min(start, to) * (end - begin), last = begin + Math.max(start, to) * (end - begin);
      form.elements.from.value = day(first);
      form.elements.to.value = day(Math.max(first, last - 1));
      form.requestSubmit();
    });
    svg.addEventListener('pointercancel', stop);
    addEventListener('keydown', (event) => { if (event.key === 'Escape') stop(); });
  }
}
