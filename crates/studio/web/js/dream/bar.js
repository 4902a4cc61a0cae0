// The bar below the stage: open, undo, redo; with a dream also strength, octaves, favourite, download.

import { h, icon, iconButton, setVars } from '../dom.js';
import { urls } from '../api.js';
import { t } from '../messages.js';
import { createProgress } from './progress.js';

const FORMATS = [['png', 'PNG', t('dream.bar.lossless')], ['jpeg', 'JPEG', t('dream.bar.small')], ['webp', 'WebP', t('dream.bar.smaller')]];

/** Builds the bar. */
export function createBar(session, actions, pictureInput) {
  const undo = iconButton('undo', t('common.undo'), actions.undo, { class: 'button icon ghost', title: t('dream.bar.undo') });
  const redo = iconButton('redo', t('dream.bar.redo'), actions.redo, { class: 'button icon ghost', title: t('dream.bar.redoTitle') });
  const result = createResult(session, actions);
  const element = h('div', { class: 'stage-bar', role: 'toolbar', 'aria-label': t('dream.bar.label') },
    h('div', { class: 'group' },
      iconButton('photo', t('dream.bar.open'), () => session.update({ welcome: !session.welcome }), { class: 'button icon ghost' }),
      h('span', { class: 'for-phones' }, iconButton('camera', t('common.takePhoto'), () => pictureInput.photograph(), { class: 'button icon ghost' })),
      undo, redo),
    result, createProgress(session, actions));
  session.watch(['canUndo', 'canRedo', 'job'], ({ canUndo, canRedo, job }) => {
    undo.disabled = !canUndo || Boolean(job);
    redo.disabled = !canRedo || Boolean(job);
  });
  return element;
}

function createResult(session, actions) {
  const star = iconButton('star', t('common.favourite'), actions.favourite, { class: 'button icon ghost', 'aria-pressed': 'false' });
  const inGallery = h('a', { class: 'button icon ghost', href: '/gallery', 'aria-label': t('dream.bar.inGallery'), title: t('dream.bar.inGallery') }, icon('grid'));
  const element = h('div', { class: 'result-tools', hidden: true },
    h('div', { class: 'group sliders' }, createStrength(session), createOctaves(session)),
    h('div', { class: 'group' },
      createPeek(session),
      h('button', { type: 'button', class: 'button ghost again', title: t('dream.bar.againTitle'), 'aria-label': t('dream.bar.againFromThis'), onclick: actions.again },
        icon('repeat'), h('span', null, t('dream.bar.again'))),
      star, inGallery, createDownload(session)));
  session.watch(['dream'], ({ dream }) => {
    element.hidden = !dream;
    if (!dream) return;
    star.setAttribute('aria-pressed', String(dream.favourite));
    star.querySelector('use').setAttribute('href', `/assets/icons.svg#${dream.favourite ? 'star-filled' : 'star'}`);
    inGallery.setAttribute('href', `/gallery?dream=${dream.id}`);
  });
  return element;
}

function createStrength(session) {
  const value = h('output', { class: 'value' });
  const input = h('input', {
    type: 'range', class: 'slider', min: 0, max: 2, step: 0.01, id: 'strength',
    oninput: () => session.update({ strength: Number(input.value) }), ondblclick: () => session.update({ strength: 1 }),
  });
  session.watch(['strength'], ({ strength }) => {
    input.value = strength;
    setVars(input, { fill: `${strength * 50}%` });
    value.textContent = t('common.percent', { n: Math.round(strength * 100) });
  });
  return h('div', { class: 'labelled-slider' }, h('label', { htmlFor: 'strength' }, t('dream.bar.strength')), input, value);
}

function createOctaves(session) {
  const value = h('output', { class: 'value' });
  const input = h('input', {
    type: 'range', class: 'slider', min: 1, step: 1, id: 'octave',
    oninput: () => {
      const octave = Number(input.value);
      session.update({ octave: octave === session.dream.octaves ? null : octave });
    },
  });
  const element = h('div', { class: 'labelled-slider' }, h('label', { htmlFor: 'octave' }, t('dream.bar.octave')), input, value);
  session.watch(['dream', 'octave'], ({ dream, octave }) => {
    element.hidden = !dream || dream.octaves < 2;
    if (!dream) return;
    const shown = octave ?? dream.octaves;
    input.max = dream.octaves;
    input.value = shown;
    setVars(input, { fill: `${((shown - 1) / Math.max(1, dream.octaves - 1)) * 100}%` });
    value.textContent = t('dream.bar.octaves', { shown, count: dream.octaves });
  });
  return element;
}

function createPeek(session) {
  const peek = (on) => () => session.update({ peek: on });
  const whenPressed = (on) => (event) => {
    if (event.key !== ' ' && event.key !== 'Enter') return;
    event.preventDefault();
    session.update({ peek: on });
  };
  const button = iconButton('eye', t('dream.bar.hold'), null, {
    class: 'button icon ghost', onpointerdown: peek(true), onpointerup: peek(false), onpointerleave: peek(false), onpointercancel: peek(false),
    onkeydown: whenPressed(true), onkeyup: whenPressed(false), onblur: peek(false), oncontextmenu: (event) => event.preventDefault(),
  });
  session.watch(['peek'], ({ peek: on }) => button.setAttribute('aria-pressed', String(on)));
  return button;
}

function createDownload(session) {
  const links = FORMATS.map(([format, name, hint]) => h('a', { href: '#', download: '', dataset: { format } },
    name, h('span', { class: 'dim small' }, hint)));
  const items = h('div', { class: 'items', id: 'download-formats', hidden: true }, links);
  const button = iconButton('download', t('common.download'), () => open(items.hidden), {
    class: 'button icon ghost', title: t('dream.bar.withRecipe'), 'aria-expanded': 'false', 'aria-controls': items.id,
  });
  const menu = h('div', { class: 'menu' }, button, items);
  function open(yes) {
    items.hidden = !yes;
    button.setAttribute('aria-expanded', String(yes));
  }
  menu.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || items.hidden) return;
    event.preventDefault();
    open(false);
    button.focus();
  });
  addEventListener('click', (event) => {
    if (!button.contains(event.target)) open(false);
  });
  session.watch(['dream', 'strength', 'octave'], ({ dream, strength, octave }) => {
    if (!dream) return;
    // An octave has no file until it is branched off as a dream.
    button.disabled = Boolean(octave);
    button.title = t(octave ? 'dream.bar.branchFirst' : 'dream.bar.withRecipe');
    for (const link of links) link.setAttribute('href', urls.download(dream.id, link.dataset.format, strength));
  });
  return menu;
}
