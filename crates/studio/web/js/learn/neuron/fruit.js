// Draws a piece of fruit from its five numbers, and nothing else: it does not know what it is.

import { setVars } from '../../dom.js';
import { t } from '../../messages.js';
import { NUMBERS } from './table.js';

const SVG = 'http://www.w3.org/2000/svg';
/** Hairs of a skin, and how long they are in millimetres if it is all fuzz. */
const HAIRS = 1000;
const LENGTH = 4.4;
/** The angle between two seeds of a sunflower, which spreads points evenly. */
const GOLDEN = Math.PI * (3 - Math.sqrt(5));

let serial = 0;

/** Creates an element of a drawing. */
export function draw(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** A number of a piece of fruit with its unit. */
export const measure = (name, n) => t(`learn.neuron.units.${name}`, { n });

/** All five numbers in words, for screen readers. */
export const inWords = (fruit) => NUMBERS.map(({ name }) => `${t(`learn.neuron.numbers.${name}`)} ${measure(name, fruit[name])}`).join(', ');

/** The colour of a skin at a place of the colour wheel. */
export function skin(hue, shift = 0) {
  // Yellow looks bright and red dark at the same lightness.
  const lightness = 47 + 8 * Math.exp(-(((hue - 50) / 30) ** 2)) + shift;
  return `hsl(${hue.toFixed(0)} ${(78 - Math.max(0, hue - 60) * 0.4).toFixed(0)}% ${lightness.toFixed(0)}%)`;
}

/** The fruit alone, as a group around 0, 0 in millimetres. */
export function body({ diameter, colour, roundness, fuzziness }) {
  serial += 1;
  const [wide, high, fuzz, id] = [diameter / 2, (diameter / 2) * (roundness / 100), fuzziness / 100, `fruit-${serial}`];
  const stop = (offset, shift) => draw('stop', { offset, 'stop-color': skin(colour, shift) });
  const group = draw('g', {},
    draw('radialGradient', { id, cx: 0.38, cy: 0.32, r: 0.75 }, stop(0, 15), stop(0.45, 3), stop(1, -17)));
  group.append(draw('ellipse', { rx: wide, ry: high, fill: `url(#${id})` }));
  // The shine of a smooth skin.
  group.append(draw('ellipse', { cx: -wide * 0.36, cy: -high * 0.46, rx: wide * 0.2, ry: high * 0.12, transform: `rotate(-32 ${-wide * 0.36} ${-high * 0.46})`, fill: '#fff', opacity: (0.75 * (1 - fuzz) ** 3).toFixed(2) }));
  const [inner, outer] = [[], []];
  for (let hair = 0; hair < HAIRS; hair += 1) {
    const angle = hair * GOLDEN;
    const rim = hair % 3 === 0;
    const out = rim ? 0.985 : Math.sqrt((hair + 0.5) / HAIRS) * 0.96;
    const lean = angle + 0.5 * Math.sin(hair * 1.7);
    const length = LENGTH * fuzz * (0.65 + 0.35 * Math.cos(hair * 2.3)) * (rim ? 1 : 0.7);
    const [x, y] = [Math.cos(angle) * wide * out, Math.sin(angle) * high * out];
    (rim ? outer : inner).push(`M${x.toFixed(1)} ${y.toFixed(1)}l${(Math.cos(lean) * length).toFixed(1)} ${(Math.sin(lean) * length).toFixed(1)}`);
  }
  const hairs = (path, name) => draw('path', { d: path.join(''), class: name, 'stroke-width': 0.22 + 0.22 * fuzz });
  group.append(hairs(inner, 'fruit-hairs inner'), hairs(outer, 'fruit-hairs'));
  setVars(group, { hair: skin(colour, 10) });
  return group;
}

/** A small drawing of the fruit alone. */
export function portrait(fruit, props = {}) {
  return draw('svg', { viewBox: '-50 -50 100 100', class: 'fruit-portrait', 'aria-hidden': 'true', ...props }, body(fruit));
}

/** The fruit on a kitchen scale, with its diameter: { element, show(fruit) }. */
export function createScene() {
  const element = draw('svg', { viewBox: '-80 -78 160 168', class: 'fruit-scene', role: 'img' });

  function show(fruit) {
    const [half, floor] = [fruit.diameter / 2, 34];
    const top = floor - half * (fruit.roundness / 100) * 2;
    const arrow = (x, way) => draw('path', { d: `M${x + way * 4} ${top - 14}l${-way * 4} 3l${way * 4} 3`, class: 'fruit-arrow' });
    element.replaceChildren(
      draw('ellipse', { cx: 0, cy: floor + 3, rx: half * 0.8, ry: 3.5, class: 'fruit-shadow' }),
      draw('g', { transform: `translate(0 ${(top + floor) / 2})` }, body(fruit)),
      draw('path', { d: `M${-half} ${top - 5}v-12M${half} ${top - 5}v-12M${-half} ${top - 11}H${half}`, class: 'fruit-arrow' }), arrow(-half, 1), arrow(half, -1),
      label(0, top - 18, measure('diameter', fruit.diameter), 'fruit-length'),
      draw('path', { d: `M-58 ${floor}H58q-2 9-14 9H-44q-12 0-14-9z`, class: 'fruit-pan' }),
      draw('path', { d: `M-8 ${floor + 9}h16v5h-16z`, class: 'fruit-pan' }),
      draw('path', { d: `M-42 ${floor + 14}h84q5 0 6 5l4 26q1 6-5 6h-94q-6 0-5-6l4-26q1-5 6-5z`, class: 'fruit-base' }),
      draw('rect', { x: -29, y: floor + 21, width: 58, height: 22, rx: 4, class: 'fruit-display' }),
      label(0, floor + 37.5, measure('weight', fruit.weight), 'fruit-weight'));
    element.setAttribute('aria-label', t('learn.neuron.drawing', { numbers: inWords(fruit) }));
    setVars(element, { skin: skin(fruit.colour) });
  }
  return { element, show };
}

function label(x, y, words, name) {
  return draw('text', { x, y, 'text-anchor': 'middle', class: name }, words);
}
