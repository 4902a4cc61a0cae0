// The log-in page.

import { applyAppearance } from './appearance.js';
import { fillTexts, t } from './messages.js';

applyAppearance();
fillTexts();

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
  wrong.textContent = problem?.detail ?? t('common.noResponse');
  field.select();
});
