// Short messages at the edge of the page.

import { h, iconButton } from './dom.js';
import { t } from './messages.js';

const STAYS = 6000;
const STAYS_WITH_ACTION = 12000;

/** Shows a message. `kind: 'error'` interrupts a screen reader; `action` is the text of a button that calls `onAction`. */
export function toast(message, { action, onAction, kind } = {}) {
  const region = document.getElementById(kind === 'error' ? 'alerts' : 'toasts');
  const close = () => {
    clearTimeout(timer);
    card.remove();
  };
  const card = h('div', { class: kind === 'error' ? 'toast danger' : 'toast' },
    h('p', null, message),
    action && h('button', { type: 'button', class: 'button ghost', onclick: () => { close(); onAction(); } }, action),
    iconButton('close', t('common.closeMessage'), close));
  let timer;
  const start = () => { timer = setTimeout(close, action ? STAYS_WITH_ACTION : STAYS); };
  card.addEventListener('pointerenter', () => clearTimeout(timer));
  card.addEventListener('pointerleave', start);
  card.addEventListener('focusin', () => clearTimeout(timer));
  card.addEventListener('focusout', start);
  region.append(card);
  start();
  return close;
}

/** Shows what is odd about an uploaded picture. */
export function toastWarnings({ name, warnings = [] }) {
  for (const warning of warnings) toast(`${name}: ${warning}`);
}

/** Shows an error. */
export function toastProblem(problem) {
  if (problem?.name === 'AbortError') return;
  const message = problem?.detail || problem?.message || String(problem);
  toast(message[0].toUpperCase() + message.slice(1), { kind: 'error' });
}
