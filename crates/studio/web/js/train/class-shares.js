// Bars of the classes of a network, which move with each new picture.

import { fill, h, setVars } from '../dom.js';
import { percent } from '../bars.js';

/** Milliseconds between two summaries for screen readers. */
const PAUSE = 3000;

/** Creates the bars. */
export function classShares() {
  const list = h('ul', { class: 'bars shares' });
  const best = h('p', { class: 'shares-best', 'aria-hidden': 'true' });
  const spoken = h('p', { class: 'visually-hidden', role: 'status' });
  const element = h('div', { class: 'shares-part' }, best, list, spoken);
  const rows = new Map();
  let waiting = null;
  let timer = null;

  /** Shows the classes of a network without a picture. */
  function clear(names) {
    rows.clear();
    best.textContent = '';
    fill(list, names.map((name) => {
      const bar = h('span', { class: 'bar', 'aria-hidden': 'true', vars: { share: 0 } });
      const number = h('span', { class: 'bars-number' }, '–');
      const row = h('li', { class: 'bars-line' }, h('span', { class: 'bars-name' }, name), h('span', { class: 'bars-value' }, bar, number));
      rows.set(name, { row, bar, number });
      return row;
    }));
  }

  /** Shows an answer: [{ name, probability }], the most probable first. */
  function show(classes) {
    if (classes.some(({ name }) => !rows.has(name))) clear(classes.map(({ name }) => name));
    for (const { name, probability } of classes) {
      const { row, bar, number } = rows.get(name);
      setVars(bar, { share: probability });
      number.textContent = percent(probability);
      row.classList.toggle('is-best', name === classes[0].name);
    }
    fill(best, classes[0].name, ' ', h('span', { class: 'dim' }, percent(classes[0].probability)));
    say(classes);
  }

  /** Tells a screen reader the newest answer, but not more often than every few seconds. */
  function say(classes) {
    waiting = classes;
    if (timer) return;
    const speak = () => {
      if (!waiting) { timer = null; return; }
      const words = waiting.slice(0, 2).map(({ name, probability }) => `${name} ${percent(probability)}`).join(', ');
      if (spoken.textContent !== words) spoken.textContent = words;
      waiting = null;
      timer = setTimeout(speak, PAUSE);
    };
    speak();
  }

  return { element, clear, show };
}
