// How far off the network is, step by step.

import { h } from '../../dom.js';
import { t } from '../../messages.js';
import { colour, createCanvas, font, sized } from './canvas.js';
import { format } from './words.js';

/** Room for the axes, at the usual size of text. */
const AXIS_LEFT = 38;
const AXIS_BOTTOM = 20;

/** Creates the curve: { element, show(points) }; points are { steps, train, heldOut }. */
export function createCurve() {
  let points = [];
  const canvas = createCanvas('net-curve', paint);
  const words = h('p', { class: 'visually-hidden' });
  const element = h('figure', { class: 'net-curve-figure' },
    h('figcaption', { class: 'small' }, h('span', null, t('learn.neuron.lab.loss')),
      h('span', { class: 'net-key' }, t('learn.neuron.lab.learned')), h('span', { class: 'net-key dashed' }, t('learn.neuron.lab.unseen'))), canvas.element, words);

  function paint(context, width, height) {
    const [start, bottom] = [sized(AXIS_LEFT), sized(AXIS_BOTTOM)];
    const top = Math.max(0.8, ...points.slice(0, 3).map(({ train }) => Math.min(train, 3)));
    const end = Math.max(100, points.at(-1)?.steps ?? 0);
    const x = (steps) => start + (steps / end) * (width - start - 6);
    const y = (loss) => 6 + (1 - Math.min(loss, top) / top) * (height - bottom - 6);
    context.fillStyle = colour('--text-dim');
    context.strokeStyle = colour('--line');
    context.font = font(11);
    context.textBaseline = 'middle';
    for (const loss of [0, top / 2, top]) {
      context.textAlign = 'right';
      context.fillText(format(loss, 1), start - 7, y(loss));
      context.beginPath();
      context.moveTo(start, y(loss));
      context.lineTo(width - 6, y(loss));
      context.stroke();
    }
    context.fillText(t('learn.neuron.steps', { n: end }), width - 6, height - 7);
    context.textAlign = 'left';
    context.fillText('0', start, height - 7);
    line(context, x, y, 'heldOut', '--text-dim', [5, 4]);
    line(context, x, y, 'train', '--accent', []);
  }

  function line(context, x, y, name, ink, dash) {
    context.beginPath();
    for (const point of points) context.lineTo(x(point.steps), y(point[name]));
    context.setLineDash(dash);
    context.lineWidth = 2;
    context.strokeStyle = colour(ink);
    context.stroke();
    context.setLineDash([]);
  }

  function show(next) {
    points = next;
    canvas.redraw();
    words.textContent = t('learn.neuron.lab.curve', { n: points.at(-1).steps, loss: format(points.at(-1).train, 2) });
  }
  return { element, show };
}
