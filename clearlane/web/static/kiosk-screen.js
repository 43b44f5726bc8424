// Draws what stands on the screen of a counter. The device and the officer's page draw the same.
'use strict';

const kioskWords = JSON.parse(document.getElementById('words').textContent);

function kioskSay(language, key, values) {
  const words = kioskWords[language] || kioskWords.en;
  const said = words[key] || kioskWords.en[key] || key;
  return said.replace(/\{(\w+)\}/g, (_, name) => (values && name in values ? values[name] : ''));
}

function kioskMake(name, given, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(given || {})) {
    if (key === 'on') { made.addEventListener('click', value); }
    else if (value !== false && value !== null && value !== undefined) { made.setAttribute(key, value === true ? '' : value); }
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== false) { made.append(child); }
  }
  return made;
}

const KIOSK_SVG = 'http://www.w3.org/2000/svg';

function kioskReader() {
  const svg = document.createElementNS(KIOSK_SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 160 120');
  svg.setAttribute('aria-hidden', 'true');
  const part = (name, given) => {
    const made = document.createElementNS(KIOSK_SVG, name);
    Object.entries(given).forEach(([key, value]) => made.setAttribute(key, value));
    svg.append(made);
    return made;
  };
  part('rect', { x: 10, y: 20, width: 140, height: 90, rx: 8, fill: '#E8EEF7', stroke: '#0B4F9E', 'stroke-width': 3 });
  part('rect', { x: 36, y: 34, width: 88, height: 62, rx: 4, fill: '#fff', stroke: '#0B4F9E', 'stroke-width': 2 });
  part('rect', { x: 44, y: 42, width: 24, height: 30, fill: '#C7D5EA' });
  [80, 86].forEach((y) => part('rect', { x: 44, y, width: 72, height: 3, fill: '#1F2329' }));
  [46, 54, 62].forEach((y) => part('rect', { x: 76, y, width: 38, height: 3, fill: '#8A97AD' }));
  part('rect', { x: 30, y: 34, width: 100, height: 4, fill: '#FFB000', class: 'beam' });
  return svg;
}

const KIOSK_CHIPS = {
  green: ['ok', '✓', 'green'], counter: ['warn', '→', 'counter'],
  refused: ['bad', '✕', 'refused'], checking: ['', '…', 'checking'],
};

function kioskItem(item, say) {
  const chip = KIOSK_CHIPS[item.state];
  let words;
  if (chip) { words = kioskMake('span', { class: `chip ${chip[0]}` }, `${chip[1]} ${say(chip[2])}`); }
  else if (item.papers >= item.wanted) { words = kioskMake('span', { class: 'chip ok' }, `✓ ${say('paper_seen')}`); }
  else { words = kioskMake('span', { class: 'chip' }, `${item.papers}/${item.wanted} ${say('paper_wanted')}`); }
  return kioskMake('li', { 'data-state': item.state, 'data-key': item.key },
    kioskMake('span', null, kioskMake('b', null, item.title), kioskMake('small', null, item.note),
      item.less ? kioskMake('small', { class: 'why' }, say('fewer', { amount: item.less })) : null,
      item.why ? kioskMake('small', { class: 'why' }, item.why) : null,
      item.goods ? kioskMake('small', null, `✓ ${say('goods_seen')}`) : null),
    kioskMake('span', { class: 'right' }, kioskMake('b', null, item.amount), kioskMake('br'), words));
}

function kioskSteps(step, say) {
  const order = ['document', 'papers', 'result'];
  const titles = ['step_document', 'step_check', 'step_done'];
  const now = order.indexOf(step);
  return kioskMake('ol', { class: 'steps' }, titles.map((title, n) => kioskMake('li',
    { class: n < now ? 'past' : n === now ? 'now' : '', 'aria-current': n === now ? 'step' : null },
    `${n < now ? '✓ ' : ''}${n + 1} ${say(title)}`)));
}

function kioskHead(root, language, clock) {
  const other = language === 'zh' ? 'en' : 'zh';
  return kioskMake('div', { class: 'top' },
    kioskMake('b', null, kioskSay(language, 'title'), kioskMake('br'), kioskSay(other, 'title')),
    kioskMake('span', { id: 'clock', 'aria-hidden': 'true' }, clock || root.dataset.place));
}

// The middle of the screen; `hands` holds what can be touched, nothing on the officer's page.
function kioskBody(state, language, hands) {
  const say = (key, values) => kioskSay(language, key, values);
  const message = state.message ? kioskMake('p', { class: 'message', role: 'alert' }, state.message) : null;
  if (state.step === 'attract') {
    return kioskMake('main', { class: 'body attract' },
      kioskMake('div', { class: 'view' }, kioskReader()),
      kioskMake('h1', null, kioskSay('zh', 'title'), kioskMake('br'), kioskSay('en', 'title')),
      message, kioskMake('div', { class: 'acts' }, hands.start));
  }
  if (state.step === 'document') {
    return kioskMake('main', { class: 'body' }, kioskSteps(state.step, say),
      kioskMake('h1', null, say('place_document')), kioskMake('p', { class: 'help' }, say('document_help')),
      message, hands.view, kioskMake('p', { class: 'help' }, say('privacy')),
      kioskMake('div', { class: 'acts' }, hands.call));
  }
  const items = kioskMake('ul', { class: 'items', 'aria-live': 'polite', tabindex: '0' }, state.items.map((item) => kioskItem(item, say)));
  const sum = (key) => (state[key] ? kioskMake('div', { class: 'total', 'data-sum': key }, kioskMake('span', null, say(key)), kioskMake('span', null, `¥ ${state[key]}`)) : null);
  if (state.step === 'papers') {
    return kioskMake('main', { class: 'body papers' }, kioskSteps(state.step, say),
      kioskMake('h1', null, say('forms_found', { n: state.items.length })),
      kioskMake('p', { class: 'help' }, `${state.masked} · ${say('papers_help')}`),
      message, hands.view, items, sum('total'), kioskMake('div', { class: 'acts' }, hands.confirm, hands.call));
  }
  const green = state.items.every((item) => item.state === 'green');
  const head = !state.done ? 'checking' : green ? 'done' : 'part';
  const help = state.called ? 'called' : !state.done ? 'privacy' : green ? 'done_help' : 'part_help';
  return kioskMake('main', { class: 'body' }, kioskSteps(state.step, say),
    kioskMake('div', { class: `great ${green ? '' : 'halt'}`, 'aria-hidden': 'true' }, !state.done ? '…' : green ? '✓' : '→'),
    kioskMake('h1', null, say(head)), kioskMake('p', { class: 'help', role: 'status' }, say(help)),
    message, items, sum('paid'), sum('waits'), hands.goods, kioskMake('div', { class: 'acts' }, hands.finish, hands.call));
}
