// A dense network, drawn: every neuron with the map of its values, every connection as wide as its weight.

import { fill, h } from '../../dom.js';
import { t } from '../../messages.js';
import { parts } from './canvas.js';
import { CELLS } from './fields.js';
import { draw, measure } from './fruit.js';
import { format, kindMark, kindName, numberName, term } from './words.js';

/** The widest line, in pixels, and the weight that has it. */
const WIDEST = 7;
const WIDEST_WEIGHT = 2.5;

/**
 * Creates the drawing: { element, build(sizes, names, kinds), show(state), chosenLine() }. `onchoose()` is called when another part is chosen. `state` has the `network`, its `fields` (for each layer,
 * inputs first, and neuron the values in all cells), and for the `fruit` that is chosen the `values` of all layers, inputs first, and the
 * `chances` of the kinds.
 */
export function createDiagram(onchoose) {
  const lines = draw('svg', { class: 'net-lines', 'aria-hidden': 'true' });
  const columns = h('div', { class: 'net-columns' });
  const detail = h('div', { class: 'net-detail', role: 'status' });
  const stage = h('div', { class: 'net-stage', role: 'group', 'aria-label': t('learn.neuron.lab.network'), onkeydown: move }, lines, columns);
  const element = h('div', { class: 'net' }, stage, detail);
  let [layers, edges, labels, state, chosen] = [[], [], null, null, null];
  new ResizeObserver(() => state && place()).observe(stage);

  /** Draws a network of another form. */
  function build(sizes, names, kinds) {
    labels = { names, kinds };
    state = null;
    layers = sizes.map((size, layer) => Array.from({ length: size }, (_, at) => neuron(layer, at, sizes.length)));
    fill(columns, layers.map((some, layer) => h('div', { class: 'net-column' },
      h('span', { class: 'net-title small dim' }, t(layer === 0 ? 'learn.neuron.lab.inputs' : layer === sizes.length - 1 ? 'learn.neuron.lab.outputs' : 'learn.neuron.lab.layer', { n: layer })),
      some.map(({ button }) => button))));
    edges = sizes.slice(1).flatMap((size, at) => Array.from({ length: size * sizes[at] }, (_, i) => edge(at + 1, Math.floor(i / sizes[at]), i % sizes[at])));
    lines.replaceChildren(...edges.map(({ line }) => line), ...edges.map(({ touch }) => touch));
    choose(layers[1][0], false);
    columns.querySelector('button').tabIndex = 0;
  }

  function neuron(layer, at, count) {
    const canvas = h('canvas', { width: CELLS, height: CELLS, 'aria-hidden': 'true' });
    const value = h('span', { class: 'net-value' });
    const isOutput = layer === count - 1;
    const name = layer === 0 ? numberName(labels.names[at]) : isOutput ? kindName(labels.kinds[at]) : null;
    const one = { layer, at, canvas, value, kind: isOutput ? labels.kinds[at] : null, short: name ?? t('learn.neuron.lab.short', { n: at + 1 }), name: name ?? t('learn.neuron.lab.neuron', { n: at + 1, layer }) };
    one.button = h('button', { type: 'button', class: 'net-neuron', tabIndex: -1, onpointerenter: () => choose(one), onfocus: () => choose(one), onclick: () => choose(one) },
      canvas, h('span', { class: name ? 'net-name small' : 'visually-hidden' }, isOutput && kindMark(one.kind), one.name), ' ', value);
    return one;
  }

  function edge(layer, to, from) {
    const one = { layer, to, from, line: draw('path', { class: 'net-line' }), touch: draw('path', { class: 'net-touch' }) };
    one.touch.addEventListener('pointerenter', () => choose(one));
    one.touch.addEventListener('pointerdown', () => choose(one));
    return one;
  }

  /** Shows what a neuron or a connection computes. */
  function choose(one) {
    chosen = one;
    for (const { button } of layers.flat()) button.classList.toggle('net-chosen', one.button === button);
    for (const { line, layer, to, ...other } of edges) {
      line.classList.toggle('net-chosen', other.touch === one.touch || (Boolean(one.button) && layer === one.layer && to === one.at));
    }
    explain();
    if (state) onchoose();
  }

  /** The place of the chosen neuron in the first layer behind the inputs, or -1. */
  const chosenLine = () => (chosen?.button && chosen.layer === 1 ? chosen.at : -1);

  function show(next) {
    const isFirst = !state;
    state = next;
    if (isFirst) place();
    for (const { line, layer, to, from } of edges) {
      const weight = state.network[layer - 1].weights[to][from];
      line.style.strokeWidth = `${Math.min(WIDEST, 0.6 + (Math.abs(weight) / WIDEST_WEIGHT) * WIDEST)}px`;
      line.classList.toggle('negative', weight < 0);
    }
    const inks = { plus: parts('--accent'), minus: parts('--net-minus') };
    for (const one of layers.flat()) {
      one.value.textContent = valueOf(one);
      tint(one, one.kind ? { plus: parts(`--${one.kind}`), minus: inks.minus } : inks);
    }
    explain();
  }

  /** The map of a neuron: a colour where it is above zero, another where it is below, the more the stronger. */
  function tint({ canvas, layer, at }, { plus, minus }) {
    const field = state.fields[layer][at];
    const most = layer === layers.length - 1 ? 1 : Math.max(1e-6, ...field.map(Math.abs));
    const image = new ImageData(CELLS, CELLS);
    field.forEach((value, cell) => image.data.set([...(value < 0 ? minus : plus), Math.round((Math.abs(value) / most) * 255)], cell * 4));
    canvas.getContext('2d').putImageData(image, 0, 0);
  }

  const isLast = (layer) => layer === layers.length - 1;
  /** What a neuron shows: a number with its unit, the value that it passes on, or a probability. */
  function valueOf({ layer, at }) {
    if (layer === 0) return measure(labels.names[at], state.fruit[labels.names[at]]);
    return isLast(layer) ? t('learn.neuron.percent', { n: format(state.chances[at] * 100) }) : format(state.values[layer][at], 1);
  }
  const inSum = (value) => (value < 0 ? `(${format(value, 2)})` : format(value, 2));

  /** The sum of the chosen neuron, or the product of the chosen connection. */
  function explain() {
    if (!state || !chosen) return;
    const { layer, at, to, from } = chosen;
    if (chosen.touch) {
      const weight = state.network[layer - 1].weights[to][from];
      const value = state.values[layer - 1][from];
      return fill(detail, h('strong', null, t('learn.neuron.lab.connection', { from: layers[layer - 1][from].name, to: layers[layer][to].name })),
        h('p', { class: 'net-sum' }, t('learn.neuron.lab.product', { weight: format(weight, 2), value: inSum(value), product: format(weight * value, 2) })));
    }
    if (layer === 0) {
      return fill(detail, h('strong', null, chosen.name), h('p', { class: 'net-sum' }, t('learn.neuron.lab.input', { measure: valueOf(chosen), value: format(state.values[0][at], 2) })));
    }
    const { weights, bias } = state.network[layer - 1];
    const before = state.values[layer - 1];
    const part = (label, words) => h('span', { class: 'fruit-term' }, h('small', null, label), words);
    const products = weights[at].map((weight, i) => part(layers[layer - 1][i].short, `${term(weight, 2, !i)} × ${inSum(before[i])}`));
    const total = weights[at].reduce((sum, weight, i) => sum + weight * before[i], bias[at]);
    const result = isLast(layer) ? t('learn.neuron.lab.score', { percent: format(state.chances[at] * 100, 1) })
      : t(total > 0 ? 'learn.neuron.lab.on' : 'learn.neuron.lab.off', { sum: format(total, 2) });
    fill(detail, h('strong', null, chosen.name), h('p', { class: 'fruit-terms net-sum' }, products, part(t('learn.neuron.bias'), term(bias[at], 2)),
      h('span', { class: 'fruit-term fruit-total' }, h('small', null, t('learn.neuron.sum')), `= ${format(total, 2)}`)), h('p', null, result));
  }

  /** Puts the connections between the neurons. */
  function place() {
    const { left, top, width, height } = stage.getBoundingClientRect();
    if (!width) return;
    lines.setAttribute('viewBox', `0 0 ${width} ${height}`);
    const sides = layers.map((some) => some.map(({ canvas }) => {
      const box = canvas.getBoundingClientRect();
      return { in: box.left - left, out: box.right - left, y: box.top + box.height / 2 - top };
    }));
    for (const { layer, to, from, line, touch } of edges) {
      const [a, b] = [sides[layer - 1][from], sides[layer][to]];
      const bend = (b.in - a.out) / 2;
      const d = `M${a.out} ${a.y}C${a.out + bend} ${a.y} ${b.in - bend} ${b.y} ${b.in} ${b.y}`;
      line.setAttribute('d', d);
      touch.setAttribute('d', d);
    }
  }

  /** Arrow keys go from neuron to neuron. */
  function move(event) {
    const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [0, 0];
    const here = layers.flat().find(({ button }) => button === document.activeElement);
    if (!here || !(dx || dy)) return;
    event.preventDefault();
    const column = layers[Math.min(Math.max(here.layer + dx, 0), layers.length - 1)];
    const next = column[Math.min(Math.max(here.at + dy, 0), column.length - 1)].button;
    here.button.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }

  return { element, build, show, chosenLine };
}
