// The officer's view of a counter: the same screen, once a second, and what can be decided.
'use strict';

const mirror = document.getElementById('kiosk');
const officer = document.getElementById('officer');
let shownBefore = '';

// Choosing the file sends it: the list is drawn anew whenever something changes.
function photographForm(one) {
  const file = kioskMake('input', { type: 'file', name: 'photograph', accept: 'image/jpeg,image/png,image/webp', capture: 'environment', class: 'visually-hidden' });
  const form = kioskMake('form', { method: 'post', action: one.goods, enctype: 'multipart/form-data' },
    kioskMake('input', { type: 'hidden', name: 'csrfmiddlewaretoken', value: officer.dataset.token }),
    kioskMake('input', { type: 'hidden', name: 'kiosk', value: officer.dataset.kiosk }),
    kioskMake('label', { class: 'button' }, file, one.photograph));
  file.addEventListener('change', () => { if (file.files.length) { form.submit(); } });
  return form;
}

function showMirror({ idle, ...state }) {
  const text = JSON.stringify(state);
  if (text === shownBefore) { return; }
  shownBefore = text;
  const language = state.language || 'zh';
  mirror.replaceChildren(kioskHead(mirror, language), kioskBody(state, language, {}));
  const items = Object.fromEntries((state.items || []).map((item) => [item.key, item]));
  const lines = (state.officer || []).map((one) => kioskMake('li', null,
    kioskMake('a', { class: 'id', href: one.address }, one.no),
    kioskMake('span', null, ` ${(items[one.key] || {}).title || ''} `),
    (items[one.key] || {}).state === 'counter' ? [photographForm(one), kioskMake('a', { class: 'button primary', href: one.address }, one.words)] : []));
  officer.replaceChildren(...(lines.length ? lines : [kioskMake('li', { class: 'muted' }, officer.dataset.none)]));
}

async function look() {
  try {
    const answer = await fetch(mirror.dataset.state, { cache: 'no-store' });
    if (answer.ok) { showMirror(await answer.json()); }
  } finally {
    setTimeout(look, 1000);
  }
}
look();
