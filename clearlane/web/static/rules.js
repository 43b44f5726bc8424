// The editor of risk rules says at once whether a condition can be used.
'use strict';

const form = document.querySelector('form[data-check]');
const waiting = new Map();

form.addEventListener('input', (event) => {
  const input = event.target;
  if (!/-(when|scope)$/.test(input.name)) return;
  clearTimeout(waiting.get(input));
  waiting.set(input, setTimeout(() => check(input), 300));
});

async function check(input) {
  const place = placeFor(input);
  if (!input.value.trim()) {
    tell(input, place, '', '');
    return;
  }
  const body = new FormData();
  body.set('text', input.value);
  body.set('csrfmiddlewaretoken', form.elements.csrfmiddlewaretoken.value);
  const text = input.value;
  try {
    const answer = await fetch(form.dataset.check, { method: 'POST', body });
    if (!answer.ok) throw new Error(String(answer.status));
    const said = await answer.json();
    if (input.value === text) show(input, place, said);
  } catch {
    tell(input, place, '', '');
  }
}

function show(input, place, said) {
  const piece = said.start === undefined || said.start === null ? '' : input.value.slice(said.start, said.end);
  tell(input, place, said.ok ? 'good' : 'problem', piece ? `${piece}: ${said.message}` : said.message);
}

function tell(input, place, kind, words) {
  place.className = `said ${kind}`;
  place.textContent = words;
  if (kind === 'problem') input.setAttribute('aria-invalid', 'true');
  else input.removeAttribute('aria-invalid');
}

function placeFor(input) {
  const id = `${input.id}-said`;
  let place = document.getElementById(id);
  if (!place) {
    place = document.createElement('p');
    place.id = id;
    place.setAttribute('role', 'status');
    input.after(place);
    const described = input.getAttribute('aria-describedby');
    input.setAttribute('aria-describedby', described ? `${described} ${id}` : id);
  }
  return place;
}
