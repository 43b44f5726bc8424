// Marks drawn over a photograph. They follow the photograph, their lines keep their width.
'use strict';

const SVG = 'http://www.w3.org/2000/svg';
const SYMBOLS = { fail: '✕', doubt: '?', pass: '✓' };
const COLOURS = { fail: '#E5200B', doubt: '#FFB000', pass: '#2E9E4F' };
const CHIPS = { fail: '#B42318', doubt: '#8A5300', pass: '#166A2E' };
const GRAVITY = { fail: 0, doubt: 1, pass: 2 };

function element(name, attributes, parent) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  parent?.append(made);
  return made;
}

// Findings on the same place share one outline: the gravest draws it, all are named.
function grouped(marks) {
  const places = new Map();
  for (const mark of marks) {
    const key = JSON.stringify(mark.box);
    const place = places.get(key) ?? { box: mark.box, result: mark.result, marks: [] };
    if (GRAVITY[mark.result] < GRAVITY[place.result]) place.result = mark.result;
    place.marks.push(mark);
    places.set(key, place);
  }
  return [...places.values()].sort((a, b) => GRAVITY[b.result] - GRAVITY[a.result]);
}

class Overlay {
  constructor(parent, words) {
    this.words = words;
    this.svg = element('svg', { class: 'overlay', 'aria-hidden': 'true' }, parent);
    // Set one by one: a style attribute in the markup is not allowed here.
    Object.assign(this.svg.style, {
      position: 'absolute', left: '0', top: '0', width: '100%', height: '100%', pointerEvents: 'none',
    });
    this.shapes = element('g', {}, this.svg);
    this.labels = element('g', {}, this.svg);
    this.problemsOnly = true;
    this.hidden = false;
    this.places = [];
  }

  show(marks) {
    this.places = grouped(marks);
    this.draw();
  }

  visible() {
    if (this.hidden) return [];
    return this.places.filter((place) => !this.problemsOnly || place.result !== 'pass');
  }

  draw() {
    this.shapes.replaceChildren();
    this.labels.replaceChildren();
    this.drawn = this.visible().map((place) => this.drawPlace(place));
    if (this.at) this.follow(...this.at);
  }

  drawPlace(place) {
    const points = place.box.map((corner) => corner.join(',')).join(' ');
    const thin = place.result === 'pass';
    const strokes = thin ? [['#000', 3], [COLOURS.pass, 1.5]]
      : [['#000', 7], ['#fff', 5], [COLOURS[place.result], 3]];
    for (const [stroke, width] of strokes) {
      const coloured = stroke === COLOURS[place.result];
      element('polygon', {
        points, fill: 'none', stroke, 'stroke-width': width, 'stroke-linejoin': 'round',
        'vector-effect': 'non-scaling-stroke',
        ...(coloured && place.result === 'doubt' ? { 'stroke-dasharray': '9 5' } : {}),
      }, this.shapes);
    }
    return { place, label: this.drawLabel(place) };
  }

  drawLabel(place) {
    const label = element('g', {}, this.labels);
    const named = place.marks.filter((mark) => !this.problemsOnly || mark.result !== 'pass').map((mark) => `${SYMBOLS[mark.result]} ${mark.n}`).join('  ');
    const ground = element('rect', { rx: 3, height: 22, fill: CHIPS[place.result] }, label);
    const text = element('text', {
      x: 7, y: 16, fill: '#fff', 'font-size': 13, 'font-weight': 700,
    }, label);
    text.textContent = `${named}  ${this.words[place.result]}`;
    ground.setAttribute('width', Math.ceil(text.getComputedTextLength()) + 14);
    return label;
  }

  // The photograph lies at (x, y), one of its pixels is `scale` pixels of the screen.
  follow(x, y, scale) {
    this.at = [x, y, scale];
    this.shapes.setAttribute('transform', `translate(${x} ${y}) scale(${scale})`);
    const taken = [];
    for (const { place, label } of this.drawn ?? []) {
      const left = x + scale * Math.min(...place.box.map((corner) => corner[0]));
      let top = Math.max(2, y + scale * Math.min(...place.box.map((corner) => corner[1])) - 26);
      // Labels that would cover each other stand one below the other.
      while (taken.some(([l, t]) => Math.abs(l - left) < 90 && Math.abs(t - top) < 23)) top += 24;
      taken.push([left, top]);
      label.setAttribute('transform', `translate(${Math.max(2, left - 3)} ${top})`);
    }
  }

  // The number of the gravest finding at a pixel of the photograph.
  findingAt(px, py) {
    const hit = this.visible().reverse().find(({ box }) => {
      const xs = box.map((corner) => corner[0]);
      const ys = box.map((corner) => corner[1]);
      return px >= Math.min(...xs) && px <= Math.max(...xs) && py >= Math.min(...ys) && py <= Math.max(...ys);
    });
    return hit?.marks[0].n;
  }
}
