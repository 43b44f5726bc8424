// A signature drawn by finger, pen or mouse: the path of an SVG, kept in a hidden field.
'use strict';
for (const pad of document.querySelectorAll('[data-pad]')) {
  const field = document.getElementById(pad.dataset.pad);
  const path = pad.querySelector('path');
  let drawing = false;
  const at = (event) => {
    const box = pad.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * 600;
    const y = ((event.clientY - box.top) / box.height) * 160;
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  };
  const add = (letter, event) => {
    field.value = `${field.value} ${letter}${at(event)}`.trim();
    path.setAttribute('d', field.value);
  };
  pad.addEventListener('pointerdown', (event) => {
    event.preventDefault();
    pad.setPointerCapture(event.pointerId);
    drawing = true;
    add('M', event);
  });
  pad.addEventListener('pointermove', (event) => { if (drawing) add('L', event); });
  for (const end of ['pointerup', 'pointercancel']) {
    pad.addEventListener(end, () => { drawing = false; });
  }
}
for (const button of document.querySelectorAll('[data-clear]')) {
  button.addEventListener('click', () => {
    const field = document.getElementById(button.dataset.clear);
    field.value = '';
    field.parentElement.querySelector('path').setAttribute('d', '');
  });
}
