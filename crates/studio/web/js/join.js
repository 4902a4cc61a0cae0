// The door of a class. The code, or the teacher's key, may be in the address after the #, which the browser keeps to itself.

import { applyAppearance } from './appearance.js';
import { fillTexts, t } from './messages.js';

applyAppearance();
fillTexts();

const form = document.getElementById('join');
const field = document.getElementById('code');
const wrong = document.getElementById('wrong');

async function join(code, next) {
  wrong.textContent = '';
  const response = await fetch('/api/join', {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ code }),
  }).catch(() => null);
  if (response?.ok) {
    location.replace(next);
    return;
  }
  const problem = await response?.json().catch(() => null);
  wrong.textContent = problem?.detail ?? t('classroom.noAnswer');
  field.select();
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  join(field.value, '/learn');
});

if (location.search === '?ended') wrong.textContent = t('classroom.ended');

const given = location.hash.slice(1);
if (given) {
  // A code is short; the key is the teacher's.
  const isCode = given.length < 10;
  if (isCode) field.value = given;
  join(given, isCode ? '/learn' : '/learn/teachers');
}
