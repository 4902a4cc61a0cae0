// The log-in page.

import { remembered } from './theme.js';

document.documentElement.dataset.theme = remembered();

const form = document.getElementById('login');
const field = document.getElementById('password');
const wrong = document.getElementById('wrong');

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  wrong.textContent = '';
  const response = await fetch('/api/login', {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ password: field.value }),
  }).catch(() => null);
  if (response?.ok) {
    location.assign('/dream');
    return;
  }
  const problem = await response?.json().catch(() => null);
  wrong.textContent = problem?.detail ?? 'Oneiric does not respond. Is it still running?';
  field.select();
});
