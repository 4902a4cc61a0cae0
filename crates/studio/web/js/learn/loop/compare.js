// Two dreams side by side, with a trick and without it, step by step.

import { api } from '../../api.js';
import { calm, fill, h, icon, setVars, uniqueId } from '../../dom.js';
import { t } from '../../messages.js';
import { figure } from '../chapter.js';
import { magnifier } from './magnifier.js';
import { STEPS } from './looks.js';
import { createPlayer } from './player.js';
import { Steps } from './steps.js';

/**
 * The figure: { element, show(photo), stop() }. The texts are under `key`: `label`, `with`, `without`, `caption`. `looks` are the two
 * looks; `magnified` adds a magnifier over both; `sized` shows each picture in the size of its octave.
 */
export function comparison(key, looks, { magnified = false, sized = false } = {}) {
  let dreams = [];
  let photo = null;
  let opened = null;
  const player = createPlayer({ show: draw, change: drawControls });
  const sides = ['with', 'without'].map((name) => {
    const image = h('img', { class: 'loop-picture', alt: t(`${key}.${name}`), draggable: false });
    const position = h('span', { class: 'dim small' });
    return { name, image, position, frame: h('div', { class: 'loop-frame' }, image) };
  });
  const lens = magnified && magnifier(sides.map(({ frame }) => frame), sides.map(({ name }) => t(`${key}.${name}`)));
  const id = uniqueId('step');
  const slider = h('input', { type: 'range', class: 'slider', id, min: 0, max: STEPS, value: 0, oninput: () => player.go(Number(slider.value)) });
  const output = h('output', { htmlFor: id, class: 'dim small' });
  const run = h('button', { type: 'button', class: 'button', onclick: () => (player.running ? player.pause() : player.run()) });

  function draw(at) {
    sides.forEach(({ image, position, frame }, side) => {
      const { width, height, octave } = dreams[side].moment(at);
      const { width: whole, height: tall, octaves } = dreams[side].about;
      setVars(frame, { ratio: whole / tall, part: sized ? width / whole : 1 });
      image.src = dreams[side].picture(at);
      position.textContent = t('learn.loop.compare.size', { octave, octaves, width, height });
    });
    if (lens) Promise.all(dreams.map((dream) => dream.image(at))).then((images) => player.at === at && lens.show(images));
    const steps = player.last;
    slider.max = steps;
    slider.value = at;
    setVars(slider, { fill: `${(at / steps) * 100}%` });
    output.textContent = t('learn.loop.work.position', { step: at, steps });
    drawControls();
  }

  function drawControls() {
    fill(run, icon(player.running ? 'pause' : 'play'), h('span', null, t(player.running ? 'learn.loop.work.pause' : 'learn.loop.work.run')));
  }

  const element = figure(t(`${key}.label`), t(`${key}.caption`),
    h('div', { class: sized ? 'loop-pair sized' : 'loop-pair' }, sides.map(({ name, frame, position }) => h('div', { class: 'loop-side' },
      h('h3', null, t(`${key}.${name}`)), frame, sized && position))),
    lens && h('div', { class: 'loop-views' }, lens.views.map((view, side) => h('div', null, view,
      h('span', { class: 'chip', 'aria-hidden': 'true' }, t(`${key}.${sides[side].name}`))))),
    h('div', { class: 'loop-scrub' }, run, h('div', null, h('label', { htmlFor: id }, t('learn.loop.compare.step')), slider, output)));
  drawControls();

  /** Opens the dreams when the figure is seen, which it is after the guess. */
  async function open() {
    if (opened === photo.id) return;
    opened = photo.id;
    dreams.forEach((dream) => dream.stop());
    dreams = looks.map((look) => new Steps(api, photo, look));
    if (lens) lens.forget();
    if (!await player.open(dreams, 0)) return;
    if (calm()) await player.go(STEPS);
    else await player.run();
  }
  const watcher = new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting) && photo) open();
  });
  watcher.observe(element);

  return {
    element,
    show(next) {
      photo = next;
      const { top, bottom } = element.getBoundingClientRect();
      if (element.checkVisibility() && bottom > 0 && top < innerHeight) open();
    },
    stop() {
      player.stop();
      if (player.at !== player.last) opened = null;
    },
  };
}
