// One step, run, start again: what both trainings have in common.

import { calm, fill, h, icon } from '../../dom.js';
import { t } from '../../messages.js';

/** With reduced motion the picture changes so many times a second. */
const CALM = 3;

/**
 * Runs a training: { buttons(reset), isRunning(), stop() }. `step()` takes one step, `speed()` is how many to take in a second, `draw()`
 * shows the result after some steps, `isOver()` stops it.
 */
export function createRun({ step, speed, draw, isOver = () => false }) {
  const button = h('button', { type: 'button', class: 'button primary', onclick: () => (isRunning() ? stop() : start()) });
  let frame = 0;
  let owed = 0;
  let last = 0;

  const isRunning = () => frame !== 0;

  function start() {
    [owed, last] = [1, performance.now()];
    frame = requestAnimationFrame(next);
    label();
  }

  function stop() {
    cancelAnimationFrame(frame);
    frame = 0;
    label();
  }

  function next(now) {
    frame = requestAnimationFrame(next);
    if (calm() && now - last < 1000 / CALM) return;
    // A page that was in the background does not catch up.
    owed += Math.min((now - last) / 1000, 1 / CALM + 0.1) * speed();
    last = now;
    if (owed < 1) return;
    for (; owed >= 1; owed -= 1) step();
    if (isOver()) stop();
    draw();
  }

  function label() {
    fill(button, icon(isRunning() ? 'pause' : 'play'), t(isRunning() ? 'learn.neuron.pause' : 'learn.neuron.run'));
  }
  label();

  const buttons = (reset) => h('div', { class: 'fruit-run', role: 'group', 'aria-label': t('learn.neuron.training') }, button,
    h('button', { type: 'button', class: 'button', onclick: () => {
      stop();
      step();
      draw();
    } }, t('learn.neuron.step')),
    h('button', { type: 'button', class: 'button', onclick: reset }, icon('reset'), t('learn.neuron.reset')));
  return { buttons, isRunning, stop };
}
