// How many pictures of the lesson, and how many that it never saw, are named right, step by step.

import { h } from '../../dom.js';
import { t } from '../../messages.js';
import { colour, createCanvas, font, sized } from '../neuron/canvas.js';

/** Creates the curves: { element, show(points, steps) }; points are { step, learned, unseen }, shares from 0 to 1. */
export function createCurves() {
  let points = [];
  let all = 1;
  const canvas = createCanvas('lesson-curves', paint);
  const words = h('p', { class: 'visually-hidden' });
  const element = h('figure', { class: 'lesson-curve-figure' },
    h('figcaption', { class: 'small' }, h('span', { class: 'label' }, t('learn.learning.curve.name')),
      h('span', { class: 'lesson-key' }, t('learn.learning.curve.unseen')), h('span', { class: 'lesson-key dashed' }, t('learn.learning.curve.learned'))),
    canvas.element, words);

  function paint(context, width, height) {
    const [left, bottom] = [sized(44), sized(20)];
    const x = (step) => left + (step / all) * (width - left - 6);
    const y = (share) => 8 + (1 - share) * (height - bottom - 12);
    context.font = font(11);
    context.textBaseline = 'middle';
    for (const share of [0, 0.5, 1]) {
      context.strokeStyle = colour('--line');
      context.fillStyle = colour('--text-dim');
      context.textAlign = 'right';
      context.fillText(t('learn.learning.percent', { n: share * 100 }), left - 6, y(share));
      context.beginPath();
      context.moveTo(left, y(share));
      context.lineTo(width - 6, y(share));
      context.stroke();
    }
    context.fillText(t('learn.learning.curve.steps', { n: all }), width - 6, height - 8);
    line(context, x, y, 'learned', '--text-dim', [5, 4]);
    line(context, x, y, 'unseen', '--accent', []);
  }

  function line(context, x, y, name, ink, dash) {
    context.beginPath();
    for (const point of points) if (point[name] !== null) context.lineTo(x(point.step), y(point[name]));
    context.setLineDash(dash);
    context.lineWidth = 2.5;
    context.strokeStyle = colour(ink);
    context.stroke();
    context.setLineDash([]);
  }

  return {
    element,
    show(next, steps) {
      [points, all] = [next, steps];
      canvas.redraw();
      const now = points.findLast(({ unseen }) => unseen !== null);
      words.textContent = now ? t('learn.learning.curve.now', { n: now.step, share: Math.round(100 * now.unseen) }) : '';
    },
  };
}
