// The loop by hand: the photo, the gradient of a layer, and steps between them, forwards and back.

import { api } from '../../api.js';
import { fill, h, icon, setVars } from '../../dom.js';
import { rich, t } from '../../messages.js';
import { figure } from '../chapter.js';
import { filmStrip } from './film.js';
import { layerChoice } from './layers.js';
import { LAYERS, lookOf } from './looks.js';
import { inLevels, rounded, timesAsStrong } from './numbers.js';
import { createPlayer } from './player.js';
import { Steps } from './steps.js';

/** The layer at the beginning. */
const FIRST = 'animals';

/**
 * The figure: { element, layer, show(photo, params), stop() }. `address(params)` is called with { layer, step, shift, small } when
 * a person has changed them.
 */
export function workbench(address) {
  const chosen = { layer: null, shift: true, small: false };
  let photo = null;
  let dream = null;

  const player = createPlayer({ show: draw, change: drawControls, wanted: { gradient: true } });
  const film = filmStrip((step) => go(step));
  const layers = layerChoice((layer) => change({ layer }));

  const picture = h('img', { class: 'loop-picture', draggable: false });
  const gradient = h('img', { class: 'loop-picture', draggable: false });
  const end = h('p', { class: 'loop-end', hidden: true }, t('learn.loop.work.end'));
  const position = h('p', { class: 'loop-position small dim' });
  const strength = h('p', { class: 'loop-number' });
  const largest = h('p', { class: 'loop-number' });
  const caption = h('p', { class: 'small dim' });
  const arc = (name) => h('div', { class: `loop-arc ${name}` }, h('span', { class: 'loop-spark', 'aria-hidden': 'true' }), h('span', null, rich(`learn.loop.work.${name}`)));
  const stage = h('div', { class: 'loop-stage', 'aria-busy': 'true' },
    arc('ask'),
    h('div', { class: 'loop-side' }, h('h3', null, t('learn.loop.work.photo')), h('div', { class: 'loop-frame' }, picture), position, strength),
    h('div', { class: 'loop-side' }, h('h3', null, t('learn.loop.work.gradient')), h('div', { class: 'loop-frame' }, gradient, end), caption, largest),
    arc('add'));

  const button = (name, symbol, onclick, kind = 'button') => h('button', { type: 'button', class: kind, onclick }, icon(symbol), h('span', null, t(`learn.loop.work.${name}`)));
  const back = button('back', 'chevron-left', () => go(player.at - 1));
  const step = button('step', 'chevron-right', () => go(player.at + 1), 'button primary');
  const run = button('run', 'play', () => (player.running ? player.pause() : runToEnd()));
  const restart = button('restart', 'reset', () => go(0), 'button ghost');
  const trick = (name) => {
    const input = h('input', { type: 'checkbox', role: 'switch', checked: chosen[name], onchange: () => change({ [name]: input.checked }) });
    return [name, input];
  };
  const tricks = new Map(['shift', 'small'].map(trick));

  async function go(to) {
    if (await player.go(to)) tell();
  }

  async function runToEnd() {
    await player.run();
    tell();
  }

  const tell = () => address({ ...chosen, step: player.at });

  /** Opens the dream of another layer or with other tricks, at the same step. */
  function change(patch) {
    const at = player.at ?? 0;
    Object.assign(chosen, patch);
    open(at).then((shown) => shown && tell());
  }

  function open(at) {
    const { layer } = LAYERS.find(({ name }) => name === chosen.layer);
    layers.choose(chosen.layer);
    tricks.forEach((input, name) => { input.checked = chosen[name]; });
    dream?.stop();
    dream = new Steps(api, photo, lookOf(layer, chosen));
    film.open(dream);
    stage.setAttribute('aria-busy', 'true');
    return player.open([dream], at);
  }

  function draw(at) {
    const { octave, width, height, strength: now, largest_change: change, gradient_scale: scale } = dream.moment(at);
    const { octaves, steps } = dream.about;
    const isLast = now === null;
    stage.removeAttribute('aria-busy');
    setVars(stage, { ratio: dream.about.width / dream.about.height });
    picture.src = dream.picture(at);
    picture.alt = t('learn.loop.work.photoAlt', { step: at });
    gradient.hidden = isLast;
    end.hidden = !isLast;
    if (!isLast) {
      gradient.src = dream.gradient(at);
      gradient.alt = t('learn.loop.work.gradientAlt', { step: at });
    }
    position.textContent = t(octaves > 1 ? 'learn.loop.work.positionOfSize' : 'learn.loop.work.position', { step: at, steps, octave, octaves, width, height });
    const times = rounded(timesAsStrong(now, dream.moment(0).strength));
    fill(strength, isLast ? t('learn.loop.work.ended') : rich(`learn.loop.work.${at ? 'strength' : 'start'}`, { times }));
    fill(largest, isLast ? '' : rich('learn.loop.work.largest', { n: rounded(inLevels(change)) }));
    caption.textContent = isLast ? '' : t('learn.loop.work.caption', { n: rounded(scale) });
    if (at > 0) spark();
    film.show(at);
    drawControls();
  }

  /** Sends a light round the loop. */
  function spark() {
    stage.classList.remove('is-stepping');
    void stage.offsetWidth;
    stage.classList.add('is-stepping');
  }

  function drawControls() {
    const at = player.at ?? 0;
    back.disabled = restart.disabled = at === 0;
    step.disabled = at === player.last;
    fill(run, icon(player.running ? 'pause' : 'play'), h('span', null, t(player.running ? 'learn.loop.work.pause' : 'learn.loop.work.run')));
  }

  const element = figure(t('learn.loop.work.label'), null,
    layers.element, h('p', { class: 'small dim' }, t('learn.loop.layers.caption')), stage,
    h('div', { class: 'loop-controls', role: 'group', 'aria-label': t('learn.loop.work.controls') }, back, step, run, restart),
    film.element,
    h('div', { class: 'loop-tricks' }, [...tricks].map(([name, input]) => h('label', { class: 'check' }, input, t(`learn.loop.work.${name}`)))));

  return {
    element,
    get layer() { return LAYERS.find(({ name }) => name === chosen.layer).layer; },
    /** Shows what the address names. */
    async show(next, params) {
      const wanted = {
        layer: LAYERS.some(({ name }) => name === params.get('layer')) ? params.get('layer') : chosen.layer ?? FIRST,
        shift: params.has('shift') ? params.get('shift') !== '0' : chosen.shift,
        small: params.has('small') ? params.get('small') === '1' : chosen.small,
      };
      const step = params.has('step') ? Math.max(0, Math.floor(Number(params.get('step'))) || 0) : null;
      const isNewPhoto = photo?.id !== next.id;
      const isNew = isNewPhoto || Object.keys(wanted).some((name) => wanted[name] !== chosen[name]);
      photo = next;
      Object.assign(chosen, wanted);
      if (isNewPhoto) layers.show(photo);
      if (isNew || player.at === null) await open(step ?? 0);
      else if (step !== null && step !== player.at) await player.go(step);
    },
    stop: () => player.stop(),
  };
}
