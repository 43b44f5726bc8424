// What every page needs: forms that are sent once, and rows that can be added.
'use strict';

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (form.method !== 'post' || form.dataset.sent) {
    if (form.dataset.sent) event.preventDefault();
    return;
  }
  form.dataset.sent = 'yes';
});

// A page that comes back from the history may be sent again.
window.addEventListener('pageshow', () => {
  document.querySelectorAll('form[data-sent]').forEach((form) => delete form.dataset.sent);
});

document.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  if ('addRow' in button.dataset) addRow(button.closest('[data-rows]'));
  if ('removeRow' in button.dataset) removeRow(button);
});

function addRow(rows) {
  const number = Number(rows.dataset.next);
  rows.dataset.next = String(number + 1);
  const fresh = rows.querySelector('template').content.cloneNode(true);
  for (const part of fresh.querySelectorAll('[name], [id], [for], [list]')) {
    for (const attribute of ['name', 'id', 'for', 'list', 'aria-describedby']) {
      const value = part.getAttribute(attribute);
      if (value) part.setAttribute(attribute, value.replace('__row__', String(number)));
    }
  }
  rows.querySelector('.rows-list').append(fresh);
  rows.querySelector('.rows-list').lastElementChild.querySelector('input, select')?.focus();
}

function removeRow(button) {
  const rows = button.closest('[data-rows]');
  button.closest('.row-fields').remove();
  rows.querySelector('[data-add-row]').focus();
}

document.querySelector('#problems')?.focus();
