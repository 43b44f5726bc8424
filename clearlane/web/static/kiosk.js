// The device at a counter. It keeps what it needs in memory alone, and leaves by loading anew.
'use strict';

const kiosk = document.getElementById('kiosk');
const [idleSeconds, graceSeconds, shownSeconds, keptSeconds] = JSON.parse(document.getElementById('waits').textContent);
const token = document.querySelector('[name=csrfmiddlewaretoken]').value;
let state = { step: 'attract' };
let chosen = '';
let audio = false;
let busy = 0;
let began = 0;
let touched = Date.now();
let asking = false;
let camera = null;
let denied = false;
let away = false; // the network: what was sent and not answered is sent again
let pending = []; // keys that the person confirmed and the server has not acknowledged
let lastFrame = null;
let lastSaid = '';
const video = document.createElement('video');
video.muted = true;
video.playsInline = true;
video.setAttribute('aria-hidden', 'true');

const language = () => chosen || state.language || (navigator.language.startsWith('zh') ? 'zh' : 'en');
const say = (key, values) => kioskSay(language(), key, values);

// --- the server ---------------------------------------------------------------

async function tell(act, body, type) {
  busy += 1;
  busyShown();
  try {
    const answer = await fetch(`/kiosk/act/${act}`, {
      method: 'POST', cache: 'no-store', body: body || '{}',
      headers: { 'X-CSRFToken': token, 'Content-Type': type || 'application/json' },
    });
    away = false;
    if (answer.status === 401) { location.replace('/kiosk'); return; }
    if (!answer.ok) { throw new Error(String(answer.status)); }
    take(await answer.json());
  } catch (error) {
    if (error instanceof TypeError) { away = true; draw(); } else { take({ ...state, message: say('no_answer') }); }
  } finally {
    busy -= 1;
    busyShown();
  }
}

function take(fresh) {
  if (fresh.step === 'attract' && state.step !== 'attract') { leave(); return; }
  state = fresh;
  draw();
}

// Everything that was here goes with the page: no storage, no history, no picture.
function leave() {
  if ('speechSynthesis' in window) { speechSynthesis.cancel(); }
  if (camera) { camera.getTracks().forEach((track) => track.stop()); }
  kiosk.replaceChildren();
  location.replace('/kiosk');
}

// The screen is empty at once; it stays so until the server has wiped its part too.
async function end() {
  const tongue = language();
  state = { step: 'ending' };
  pending = [];
  kiosk.replaceChildren();
  history.replaceState(null, '', '/kiosk#end');
  for (;;) {
    try {
      await fetch('/kiosk/act/end', { method: 'POST', headers: { 'X-CSRFToken': token }, keepalive: true });
      leave();
      return;
    } catch (error) {
      kiosk.replaceChildren(kioskMake('main', { class: 'body attract' }, kioskMake('p', { class: 'message', role: 'alert' }, kioskSay(tongue, 'offline'))));
      await new Promise((go) => { setTimeout(go, 1000); });
    }
  }
}

async function begin(tongue) {
  began = Date.now();
  await tell('begin', JSON.stringify({ language: tongue || '' }));
  openCamera();
}

async function confirmAll() {
  pending = state.items.map((item) => item.key);
  state = { ...state, step: 'result', items: state.items.map((item) => ({ ...item, state: item.state === 'open' ? 'checking' : item.state })) };
  draw();
  await confirmPending();
}

// One after the other, so that each result is on the screen as soon as it is there. A key is
// crossed out when it was answered: confirming it twice is confirming it once.
async function confirmPending() {
  while (pending.length && !away) {
    await tell('confirm', JSON.stringify({ key: pending[0] }));
    if (!away) { pending.shift(); }
  }
}

// --- camera and files ----------------------------------------------------------

async function openCamera() {
  if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia || camera) { return; }
  try {
    camera = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment', width: { ideal: 1920 } } });
    video.srcObject = camera;
    await video.play();
    draw();
  } catch (error) {
    camera = null;
    denied = error.name !== 'NotFoundError';
    draw();
  }
}

function frame() {
  const small = document.createElement('canvas');
  small.width = 32; small.height = 24;
  const brush = small.getContext('2d', { willReadFrequently: true });
  brush.drawImage(video, 0, 0, 32, 24);
  const pixels = brush.getImageData(0, 0, 32, 24).data;
  let change = 255;
  if (lastFrame) {
    change = 0;
    for (let n = 0; n < pixels.length; n += 4) { change += Math.abs(pixels[n] - lastFrame[n]); }
    change /= pixels.length / 4;
  }
  return { pixels, change };
}

// A picture is sent when something was laid down and lies still.
let still = 0;
function watch() {
  if (!camera || busy || video.readyState < 2 || !['document', 'papers'].includes(state.step)) { return; }
  const { pixels, change } = frame();
  const moved = change > 4;
  lastFrame = pixels;
  still = moved ? 0 : still + 1;
  if (still === 2) { picture(shown); }
}
setInterval(watch, 400);

function picture(done) {
  const whole = document.createElement('canvas');
  whole.width = video.videoWidth; whole.height = video.videoHeight;
  whole.getContext('2d').drawImage(video, 0, 0);
  whole.toBlob((blob) => { if (blob) { done(blob); } }, 'image/jpeg', 0.9);
}

function shown(blob) {
  touched = Date.now();
  if (state.step === 'document') { return tell('document', blob, blob.type || 'image/jpeg'); }
  if (state.step === 'papers') { return tell('paper', blob, blob.type || 'image/jpeg'); }
  return undefined;
}

async function chose(event) {
  const files = [...event.target.files];
  event.target.value = '';
  for (const file of files) { await shown(file); }
}

function view() {
  const input = kioskMake('input', { type: 'file', accept: 'image/*', multiple: state.step === 'papers', id: 'file' });
  input.addEventListener('change', chose);
  const label = kioskMake('label', { class: 'file' }, say(camera ? 'choose' : denied ? 'camera_denied' : 'camera_off'), input);
  return kioskMake('div', { class: 'view' }, camera ? video : kioskReader(), label);
}

// For an item that goes to a person: never asked for, and never on the green road.
function goods() {
  if (state.step !== 'result' || !state.items.some((item) => item.state === 'counter')) { return null; }
  const send = (blob) => tell('goods', blob, blob.type || 'image/jpeg');
  if (camera) {
    return kioskMake('div', { class: 'view goods' }, video,
      kioskMake('button', { class: 'file', type: 'button', id: 'goods', on: () => picture(send) }, say('goods')));
  }
  const input = kioskMake('input', { type: 'file', accept: 'image/*', capture: 'environment', id: 'goods' });
  input.addEventListener('change', (event) => { const file = event.target.files[0]; event.target.value = ''; if (file) { send(file); } });
  return kioskMake('label', { class: 'big goods' }, say('goods'), input);
}

// --- the screen ----------------------------------------------------------------

function hands() {
  const big = (key, act, first) => kioskMake('button', { class: `big ${first ? 'first' : ''}`, type: 'button', on: act, id: key }, say(key));
  const call = state.called ? kioskMake('p', { class: 'message', role: 'status' }, say('called')) : big('call', () => tell('call'));
  return {
    start: kioskMake('button', { class: 'big first', type: 'button', id: 'start', on: () => begin('') }, '开始 · Start'),
    view: ['document', 'papers'].includes(state.step) ? view() : null,
    confirm: big('confirm', confirmAll, true),
    call,
    goods: goods(),
    finish: state.done ? big('finish', end, true) : null,
  };
}

function footer() {
  const tongues = Object.keys(kioskWords).map((code) => kioskMake('button', {
    type: 'button', lang: code, 'aria-pressed': String(code === language()), on: () => speak(code),
  }, kioskSay(code, 'name')));
  const toggle = (key, on, act, mark) => kioskMake('button', { type: 'button', 'aria-pressed': String(on), on: act, id: key }, mark, say(key));
  return kioskMake('div', { class: 'foot' }, tongues,
    toggle('audio', audio, () => { audio = !audio; lastSaid = ''; draw(); }, '♪ '),
    toggle('larger', kiosk.classList.contains('large'), () => { kiosk.classList.toggle('large'); kiosk.classList.toggle('low'); draw(); }, 'A+ '),
    state.step === 'attract' ? null : kioskMake('button', { type: 'button', id: 'clear', on: end }, `✕ ${say('clear')}`));
}

function speak(code) {
  chosen = code;
  if (state.step === 'attract') { begin(code); } else { tell('language', JSON.stringify({ language: code })); }
}

function draw() {
  // A camera that answers late draws nothing on a screen that was cleared.
  if (state.step === 'ending') { return; }
  document.documentElement.lang = language();
  const hadFocus = document.activeElement && document.activeElement.id;
  kiosk.replaceChildren(kioskHead(kiosk, language(), clock()), kioskBody(away ? { ...state, message: say('offline') } : state, language(), hands()), footer());
  if (asking) { ask(); }
  if (hadFocus && document.getElementById(hadFocus)) { document.getElementById(hadFocus).focus(); }
  busyShown();
  aloud();
}

function busyShown() {
  const seen = kiosk.querySelector('.view');
  if (seen) { seen.classList.toggle('busy', busy > 0); }
}

function clock() {
  if (!began || state.step === 'attract') { return kiosk.dataset.place; }
  const seconds = Math.round((Date.now() - began) / 1000);
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
}

// What is said aloud is what stands there: the words are their own caption.
function aloud() {
  if (!audio || !('speechSynthesis' in window)) { return; }
  const words = ['.message', 'h1', '.help'].map((place) => kiosk.querySelector(place)).filter(Boolean).map((one) => one.textContent).join('. ');
  if (words === lastSaid) { return; }
  lastSaid = words;
  speechSynthesis.cancel();
  const speech = new SpeechSynthesisUtterance(words);
  speech.lang = { zh: 'zh-CN', en: 'en-US', ja: 'ja-JP', ko: 'ko-KR', fr: 'fr-FR', es: 'es-ES', de: 'de-DE', ru: 'ru-RU' }[language()] || 'en-US';
  speechSynthesis.speak(speech);
}

// --- nobody there ---------------------------------------------------------------

function ask() {
  const stay = kioskMake('button', { class: 'big first', type: 'button', id: 'stay', on: () => { asking = false; touched = Date.now(); tell('stay'); } }, say('stay'));
  kiosk.append(kioskMake('div', { class: 'ask', role: 'alertdialog', 'aria-label': say('still_there') },
    kioskMake('div', null, kioskMake('h1', null, say('still_there')), kioskMake('p', { class: 'help' }, say('still_help')), stay)));
  stay.focus();
}

function tick() {
  const place = document.getElementById('clock');
  if (place) { place.textContent = clock(); }
  if (state.step === 'attract' || state.step === 'ending' || busy || (away && pending.length)) { touched = busy ? Date.now() : touched; return; }
  const idle = (Date.now() - touched) / 1000;
  if (state.step === 'result' && state.done && !state.called) { if (idle > shownSeconds) { end(); } return; }
  const patience = state.called ? 6 * idleSeconds : idleSeconds;
  if (idle > patience + graceSeconds) { end(); } else if (idle > patience && !asking) { asking = true; draw(); }
}
setInterval(tick, 500);

// While an officer looks, or a worker, the screen follows.
async function follow() {
  const waits = state.step === 'result' && (!state.done || state.items.some((item) => item.state === 'counter'));
  if (!busy && (away || state.called || waits) && state.step !== 'ending') {
    try {
      const answer = await fetch('/kiosk/state', { cache: 'no-store' });
      const back = away;
      away = false;
      if (answer.ok) {
        const { idle, ...fresh } = await answer.json();
        const { idle: before, ...now } = state;
        if (!busy && !pending.length && (back || JSON.stringify(fresh) !== JSON.stringify(now))) { take(fresh); }
        // Confirmed with one touch, and not all of it arrived: the rest goes on.
        if (!pending.length && state.step === 'result') { pending = state.items.filter((item) => item.state === 'open').map((item) => item.key); }
      }
      if (pending.length) { await confirmPending(); }
    } catch (error) { away = true; draw(); }
  }
  setTimeout(follow, 1000);
}

['pointerdown', 'keydown'].forEach((kind) => document.addEventListener(kind, () => { touched = Date.now(); }));
window.addEventListener('pageshow', (event) => { if (event.persisted) { location.replace('/kiosk'); } });

// A page that was loaded anew while somebody stands there goes on with them; nobody's is wiped.
async function arrive() {
  const ended = location.hash === '#end';
  history.replaceState(null, '', '/kiosk');
  try {
    const answer = await fetch('/kiosk/state', { cache: 'no-store' });
    const found = answer.ok ? await answer.json() : { step: 'attract' };
    if (!ended && found.step !== 'attract' && found.idle < keptSeconds) {
      state = found;
      began = Date.now();
      // A result stays as long as any other; before it, whoever stands there is asked.
      touched = state.step === 'result' ? Date.now() : Date.now() - idleSeconds * 1000;
      openCamera();
    } else { await tell('end'); state = { step: 'attract' }; }
  } catch (error) { away = true; }
  draw();
  follow();
}
arrive();
