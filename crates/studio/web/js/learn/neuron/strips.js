// All fruit along each number alone, with the border that divides them best: which number tells them apart?

import { fill, h } from '../../dom.js';
import { t } from '../../messages.js';
import { colour, createCanvas, mark } from './canvas.js';
import { NUMBERS, bestBorder } from './table.js';
import { numberName } from './words.js';

/** Creates the rows, which are hidden until `show(chosen)`. */
export function createStrips(fruit, kinds) {
  const borders = new Map(NUMBERS.map(({ name }) => [name, bestBorder(fruit, kinds, name)]));
  const best = [...borders].reduce((a, b) => (b[1].right > a[1].right ? b : a))[0];
  const rows = new Map(NUMBERS.map(({ name }) => [name, row(name)]));
  const words = h('p', { role: 'status' });
  const element = h('div', { class: 'fruit-strips', hidden: true }, words, h('ul', null, [...rows.values()]),
    h('p', { class: 'dim small' }, t('learn.neuron.decide.strips')));

  function row(name) {
    const { border, right } = borders.get(name);
    const values = fruit.map((one) => one[name]);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const canvas = createCanvas('fruit-strip', (context, width, height) => {
      const x = (value) => 10 + ((value - low) / (high - low)) * (width - 20);
      context.strokeStyle = colour('--text');
      context.lineWidth = 2;
      context.beginPath();
      context.moveTo(x(border), 2);
      context.lineTo(x(border), height - 2);
      context.stroke();
      context.globalAlpha = 0.75;
      fruit.forEach((one, at) => {
        const line = kinds.indexOf(one.kind);
        mark(context, one.kind, x(one[name]), height * (line ? 0.72 : 0.28) + ((at * 7) % 5 - 2) * 1.7, 3.6);
        context.fillStyle = colour(`--${one.kind}`);
        context.fill();
      });
    });
    return h('li', null, h('span', null, numberName(name)), canvas.element, h('span', { class: 'fruit-value' }, t('learn.neuron.of', { n: right, all: fruit.length })));
  }

  function show(chosen) {
    element.hidden = false;
    for (const [name, one] of rows) one.classList.toggle('fruit-chosen', name === chosen);
    fill(words, t(chosen === best ? 'learn.neuron.decide.best' : 'learn.neuron.decide.notBest',
      { number: numberName(chosen), n: borders.get(chosen).right, all: fruit.length, best: numberName(best), most: borders.get(best).right }));
  }
  return { element, show };
}
