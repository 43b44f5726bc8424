// Photographs on their way: one at a time, each with its state; nothing is lost by an error.
'use strict';

const panel = document.querySelector('#upload');
const words = panel.dataset;
const kinds = JSON.parse(document.querySelector('#kind-list').textContent);
const kind = document.querySelector('#kind');
let items = [];
const queue = document.querySelector('#queue');
const queueBar = document.querySelector('#queue-bar');
const queueState = document.querySelector('#queue-state');
const token = document.querySelector('#csrf [name="csrfmiddlewaretoken"]').value;
const chinese = document.documentElement.lang.startsWith('zh');
let sending = false;
let count = 0;

// What is sent decides what it may show and which files the browser offers.
function turn() {
  const chosen = kinds.find((one) => one.name === kind.value);
  items = chosen.items;
  document.querySelector('#files').accept = chosen.accept;
  const options = items.slice(0, 2000).map((item) => made('option', { value: item }));
  document.querySelector('#items').replaceChildren(...options);
}

// SERIAL_view.jpg names both; the longest serial that fits is meant.
function guess(name) {
  const stem = name.replace(/\.[^.]*$/, '');
  const fits = items.filter((item) => stem === item || stem.startsWith(`${item}_`));
  const item = fits.sort((a, b) => b.length - a.length)[0];
  if (item === undefined) return { item: items.length === 1 ? items[0] : '', view: '' };
  return { item, view: stem.slice(item.length + 1).toLowerCase().replace(/[^a-z0-9_]/g, '_') };
}

function made(tag, attributes, ...children) {
  const part = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) part.setAttribute(key, value);
  part.append(...children);
  return part;
}

function chosen(label, value, list) {
  const input = made('input', { id: `f${count += 1}`, list, value, autocomplete: 'off' });
  const box = made('div', {}, made('label', { for: input.id, class: 'note' }, label), input);
  return [box, input];
}

function add(file) {
  const guessed = guess(file.name);
  const [itemBox, item] = chosen(words.item, guessed.item, 'items');
  const [viewBox, view] = chosen(words.view, guessed.view, 'views');
  const state = made('span', { class: 'tag unk', role: 'status' });
  const drop = made('button', { type: 'button', class: 'button plain' }, words.remove);
  const why = made('p', { class: 'why problem', hidden: '' });
  const picture = made('img', { alt: '', src: URL.createObjectURL(file) });
  picture.addEventListener('error', () => picture.removeAttribute('src'));
  const size = `${(file.size / 1048576).toFixed(1)} MB`;
  const name = made('span', { class: 'name' }, file.name, made('br', {}), made('span', { class: 'note' }, size));
  const row = made('li', {}, picture, name, itemBox, viewBox, state, drop, why);
  Object.assign(row, { file, item, view, state, why, stage: '', kind: kind.value, items });
  const check = () => { if (row.stage !== 'kept' && row.stage !== 'sending') settle(row); };
  item.addEventListener('input', check);
  view.addEventListener('input', check);
  drop.addEventListener('click', () => { row.remove(); tell(); });
  queue.append(row);
  settle(row);
}

function settle(row) {
  const ready = !row.items.length || row.items.includes(row.item.value.trim());
  mark(row, ready ? 'ready' : 'unclear', ready ? 'info' : 'warn', ready ? words.ready : words.unclear);
}

function mark(row, stage, tone, text, why = '') {
  row.stage = stage;
  row.state.className = `tag ${tone}`;
  row.state.textContent = text;
  row.why.textContent = why;
  row.why.hidden = !why;
  tell();
}

function tell() {
  const rows = [...queue.children];
  const kept = rows.filter((row) => row.stage === 'kept').length;
  queueBar.hidden = !rows.length;
  queueState.textContent = `${words.done} ${kept} / ${rows.length}`;
  document.querySelector('#send').disabled = sending || !rows.some((row) => row.stage === 'ready' || row.stage === 'failed');
}

function told(problem) {
  const language = chinese ? 'zh' : 'en';
  const lines = (problem.errors ?? []).map((one) => `${one.message[language]} — ${one.remedy[language]}`);
  return lines.join('\n') || [problem.title, problem.detail].filter(Boolean).join(': ');
}

async function send(row) {
  mark(row, 'sending', 'info', words.sending);
  const query = new URLSearchParams({
    kind: row.kind, item: row.item.value.trim(), view: row.view.value.trim(),
  });
  try {
    const answer = await fetch(`${words.to}?${query}`, {
      method: 'POST',
      headers: { 'X-CSRFToken': token, 'Content-Type': row.file.type || 'application/octet-stream' },
      body: row.file,
    });
    const said = await answer.json();
    if (!answer.ok) { mark(row, 'failed', 'bad', words.again, told(said)); return; }
    const advice = (said.retake ?? []).map((one) => one[chinese ? 'zh' : 'en']).join('\n');
    mark(row, 'kept', advice ? 'warn' : 'ok', `✓ ${words.kept} ${said.sha256.slice(0, 8)}`, advice);
    for (const input of [row.item, row.view]) input.readOnly = true;
    row.querySelector('button').hidden = true;
  } catch {
    mark(row, 'failed', 'bad', words.again, words.failed);
  }
}

async function sendAll() {
  sending = true;
  const waiting = [...queue.children].filter((row) => row.stage === 'ready' || row.stage === 'failed');
  for (const row of waiting) if (row.isConnected) await send(row);
  sending = false;
  tell();
  htmx.ajax('GET', window.location.pathname, { target: '#coverage', select: '#coverage', swap: 'outerHTML' });
}

kind.addEventListener('change', turn);
turn();
document.querySelector('#send').addEventListener('click', sendAll);
const files = document.querySelector('#files');
files.addEventListener('change', () => { [...files.files].forEach(add); files.value = ''; });
const drop = document.querySelector('#drop');
for (const name of ['dragover', 'dragleave', 'drop']) {
  drop.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.toggle('over', name === 'dragover');
    if (name === 'drop') [...event.dataTransfer.files].forEach(add);
  });
}
window.addEventListener('beforeunload', (event) => {
  if (sending || [...queue.children].some((row) => row.stage === 'ready')) event.preventDefault();
});
