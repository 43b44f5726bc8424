// The photographs of one declaration: look, go on, and find the place of each finding.
'use strict';

const photos = JSON.parse(document.querySelector('#photos').textContent);
const frame = document.querySelector('#viewer');
const bar = document.querySelector('#viewer-bar');
const keys = document.querySelector('#keys');
const LOOKED_MS = 1000;
let current = -1;
let kept = null;
let wanted = null;

// The viewer would add a style element, which our policy forbids, unless it finds one already.
// This one only has the name: in a namespace of its own no browser takes it for a style.
const marked = document.createElementNS('urn:clearlane:mark', 'style');
marked.setAttribute('data-openseadragon-mobile-css', '');
document.head.append(marked);

const viewer = OpenSeadragon({
  element: frame,
  drawer: 'canvas',
  showNavigationControl: false,
  animationTime: 0.15,
  maxZoomPixelRatio: 4,
  visibilityRatio: 0.6,
  gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
});
const overlay = new Overlay(viewer.canvas, frame.dataset);

function levels(photo) {
  const scale = Math.min(1, 2000 / Math.max(photo.width, photo.height));
  const small = {
    url: photo.small, width: Math.round(photo.width * scale), height: Math.round(photo.height * scale),
  };
  return scale < 1 ? [small, { url: photo.large, width: photo.width, height: photo.height }] : [small];
}

function show(number, box) {
  const photo = photos[number];
  wanted = box ?? null;
  if (number === current) { place(photo); return; }
  if (current >= 0 && viewer.world.getItemCount()) kept = viewer.viewport.getBounds();
  current = number;
  viewer.open({ type: 'legacy-image-pyramid', levels: levels(photo) });
  for (const thumb of document.querySelectorAll('[data-photo]')) {
    const chosen = Number(thumb.dataset.photo) === photo.id;
    if (chosen) thumb.setAttribute('aria-current', 'true'); else thumb.removeAttribute('aria-current');
    if (chosen) thumb.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }
  for (const line of document.querySelectorAll('[data-provenance]')) {
    line.hidden = Number(line.dataset.provenance) !== photo.id;
  }
  document.querySelector('#viewer-name').textContent = photo.name;
}

// Zoom is kept from photograph to photograph, unless a place was asked for.
function place(photo) {
  const item = viewer.world.getItemAt(0);
  if (!item) return;
  if (wanted) {
    const [left, top, right, bottom] = wanted;
    const margin = Math.max(0.35 * Math.max(right - left, bottom - top), photo.width / 24);
    const part = new OpenSeadragon.Rect(left - margin, top - margin, right - left + 2 * margin, bottom - top + 2 * margin);
    viewer.viewport.fitBounds(item.imageToViewportRectangle(part));
    kept = null;
  } else if (kept) {
    viewer.viewport.fitBounds(kept, true);
  }
}

function follow() {
  const item = viewer.world.getItemAt(0);
  if (!item) return;
  const photo = photos[current];
  const zero = item.imageToViewerElementCoordinates(new OpenSeadragon.Point(0, 0));
  const end = item.imageToViewerElementCoordinates(new OpenSeadragon.Point(item.getContentSize().x, 0));
  overlay.follow(zero.x, zero.y, (end.x - zero.x) / photo.width);
}

viewer.addHandler('open', () => {
  const photo = photos[current];
  overlay.show(photo.marks);
  place(photo);
  follow();
  frame.dataset.ready = String(photo.id);
});
viewer.addHandler('update-viewport', follow);
viewer.addHandler('tile-drawn', () => {
  if (frame.dataset.looked) return;
  frame.dataset.looked = 'yes';
  setTimeout(suggest, LOOKED_MS);
});

// What the machine suggests is told after the officer has seen the photograph, not before.
function suggest() {
  document.querySelectorAll('[data-after-photo]').forEach((part) => { part.hidden = false; });
  document.querySelectorAll('[data-before-photo]').forEach((part) => { part.hidden = true; });
}

viewer.addHandler('canvas-click', (event) => {
  if (!event.quick) return;
  const item = viewer.world.getItemAt(0);
  const point = item?.viewerElementToImageCoordinates(event.position);
  const photo = photos[current];
  const scale = item ? photo.width / item.getContentSize().x : 1;
  const number = point && overlay.findingAt(point.x * scale, point.y * scale);
  if (number) light(number);
});

function light(number) {
  document.querySelectorAll('.finding.lit').forEach((card) => card.classList.remove('lit'));
  const card = document.querySelector(`#finding-${number}`);
  card?.classList.add('lit');
  card?.scrollIntoView({ block: 'nearest' });
}

const acts = {
  next: () => show((current + 1) % photos.length),
  previous: () => show((current + photos.length - 1) % photos.length),
  problems: (button) => {
    overlay.problemsOnly = !overlay.problemsOnly;
    button.setAttribute('aria-pressed', String(overlay.problemsOnly));
    overlay.draw();
  },
  hide: (button) => {
    overlay.hidden = !overlay.hidden;
    button.setAttribute('aria-pressed', String(overlay.hidden));
    overlay.draw();
  },
  whole: () => { kept = null; wanted = null; viewer.viewport.goHome(); },
};

function act(name) {
  acts[name](bar.querySelector(`[data-do="${name}"]`));
}

bar.addEventListener('click', (event) => {
  const button = event.target.closest('[data-do]');
  if (button) act(button.dataset.do);
});

document.addEventListener('click', (event) => {
  const thumb = event.target.closest('[data-photo]');
  if (thumb) show(photos.findIndex((photo) => photo.id === Number(thumb.dataset.photo)));
  const crop = event.target.closest('[data-show]');
  if (crop) jump(crop);
});

function jump(crop) {
  const number = photos.findIndex((photo) => photo.id === Number(crop.dataset.show));
  const box = crop.dataset.box ? crop.dataset.box.split(',').map(Number) : null;
  light(crop.closest('[data-finding]')?.dataset.finding);
  if (number >= 0) show(number, box);
  frame.scrollIntoView({ block: 'nearest' });
}

// One letter is one act; whoever speaks or leans on the keyboard can switch the letters off.
const LETTERS = { j: 'next', k: 'previous', f: 'problems', h: 'hide', 0: 'whole' };
keys.checked = localStorage.getItem('keys') !== 'off';
keys.addEventListener('change', () => localStorage.setItem('keys', keys.checked ? 'on' : 'off'));
document.addEventListener('keydown', (event) => {
  const typing = event.target.closest?.('input:not([type="checkbox"], [type="radio"]), textarea, select');
  const name = LETTERS[event.key.toLowerCase()];
  if (!name || typing || !keys.checked || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  act(name);
});
// The letters that the viewer itself would take are ours; arrows, plus and minus stay its own.
viewer.addHandler('canvas-key', (event) => {
  if (/^[a-z0]$/i.test(event.originalEvent.key)) event.preventDefaultAction = true;
});

// Release opens when every mismatch is called false or put right.
const release = document.querySelector('#release');
function judge() {
  const needed = [...document.querySelectorAll('[data-needed]')];
  release.disabled = needed.some((part) => !part.querySelector('[value="overruled"]:checked, [value="rectified"]:checked'));
}
if (release) {
  document.addEventListener('change', judge);
  judge();
}

show(0);
