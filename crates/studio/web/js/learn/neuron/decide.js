// Orange or peach? One piece of fruit after the other, for a person to decide; then, which number helped.

import { fill, h, icon } from '../../dom.js';
import { t } from '../../messages.js';
import { figure } from '../chapter.js';
import { createScene, measure, portrait, skin } from './fruit.js';
import { createStrips } from './strips.js';
import { NUMBERS } from './table.js';
import { aKind, kindName, numberName } from './words.js';

/** The kinds of the pieces to decide, in an order that gives nothing away. */
const ORDER = [1, 0, 0, 1, 0, 1, 1, 0];
const PIECES = ORDER.length;

/** Creates the figure. */
export function createDecide(fruit, kinds) {
  const pieces = ORDER.map((kind, at) => fruit.filter((one) => one.kind === kinds[kind])[at]);
  const scene = createScene();
  const values = new Map(NUMBERS.map(({ name }) => [name, h('dd')]));
  const title = h('p', { class: 'fruit-count' });
  const buttons = kinds.map((kind) => h('button', { type: 'button', class: `button fruit-choice fruit-${kind}`, onclick: () => decide(kind) }, kindName(kind)));
  const status = h('p', { class: 'fruit-story', role: 'status' });
  const tray = h('ol', { class: 'fruit-tray', 'aria-label': t('learn.neuron.decide.tray') },
    pieces.map(() => h('li', null, h('span', { class: 'fruit-slot' }))));
  const strips = createStrips(fruit, kinds);
  const helped = h('div', { class: 'fruit-helped', hidden: true },
    h('p', { class: 'learn-ask' }, t('learn.neuron.decide.helped')),
    h('div', { class: 'fruit-run' }, NUMBERS.map(({ name }) => h('button', { type: 'button', class: 'button', 'aria-pressed': 'false', onclick: (event) => help(event.currentTarget, name) }, numberName(name)))),
    strips.element);
  const panel = h('div', { class: 'fruit-side' }, title,
    h('dl', { class: 'fruit-numbers' }, NUMBERS.map(({ name }) => h('div', null, h('dt', null, numberName(name)), values.get(name)))),
    h('div', { class: 'fruit-choices' }, buttons), status);
  let [at, right] = [0, 0];

  function show() {
    const piece = pieces[at];
    scene.show(piece);
    title.textContent = t('learn.neuron.decide.piece', { n: at + 1, all: PIECES });
    for (const [name, value] of values) {
      fill(value, name === 'colour' && h('span', { class: 'fruit-swatch', 'aria-hidden': 'true', vars: { skin: skin(piece.colour) } }), measure(name, piece[name]));
    }
    tray.children[at].classList.add('now');
  }

  function decide(kind) {
    const piece = pieces[at];
    const isRight = kind === piece.kind;
    right += isRight ? 1 : 0;
    const said = t(isRight ? 'learn.neuron.decide.yes' : 'learn.neuron.decide.no', { a: aKind(piece.kind) });
    tray.children[at].className = isRight ? 'right' : 'wrong';
    fill(tray.children[at], portrait(piece), icon(isRight ? 'check' : 'close'), h('span', null, kindName(piece.kind)));
    at += 1;
    if (at < PIECES) {
      fill(status, said);
      return show();
    }
    buttons.forEach((button) => { button.disabled = true; });
    fill(status, said, ' ', h('strong', null, t('learn.neuron.decide.result', { n: right, all: PIECES })));
    helped.hidden = false;
  }

  function help(button, name) {
    for (const one of button.parentElement.children) one.ariaPressed = String(one === button);
    strips.show(name);
  }

  show();
  return figure(t('learn.neuron.decide.figure'), null, h('div', { class: 'fruit-columns fruit-decide' }, scene.element, panel), tray, helped);
}
