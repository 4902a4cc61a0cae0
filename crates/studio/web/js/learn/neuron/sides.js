// Both sides of a neuron's line in a plot. `to` has the size and the place of the plot, and turns values into pixels and back.

import { EDGE } from './axes.js';
import { colour, font, polygon, sized } from './canvas.js';
import { lineWithin, sum } from './neuron.js';
import { kindName } from './words.js';

/** The corners of a plot, one after the other. */
const cornersOf = ({ start, width, height }) => [[start, EDGE], [start + width, EDGE], [start + width, EDGE + height], [start, EDGE + height]];

/** Fills both sides with the colours of their kinds: the first one where the sum is above zero. */
export function sides(context, to, neuron, kinds) {
  const corners = cornersOf(to).map(([x, y]) => ({ x, y, value: sum(neuron, to.at(x, y)) }));
  [1, -1].forEach((sign, at) => {
    const side = corners.flatMap((corner, i) => {
      const next = corners[(i + 1) % corners.length];
      const part = corner.value / (corner.value - next.value);
      const cut = corner.value * next.value < 0 ? [[corner.x + (next.x - corner.x) * part, corner.y + (next.y - corner.y) * part]] : [];
      return corner.value * sign >= 0 ? [[corner.x, corner.y], ...cut] : cut;
    });
    if (!side.length) return;
    context.beginPath();
    polygon(context, side);
    context.globalAlpha = 0.2;
    context.fillStyle = colour(`--${kinds[at]}`);
    context.fill();
    context.globalAlpha = 1;
  });
}

/** Draws the line, where it is in the plot. */
export function line(context, to, neuron, width, dash) {
  const ends = lineWithin(neuron, to.box);
  if (!ends) return;
  context.beginPath();
  for (const [x, y] of ends) context.lineTo(to.x(x), to.y(y));
  context.setLineDash(dash);
  context.lineWidth = width;
  context.strokeStyle = colour('--text');
  context.stroke();
  context.setLineDash([]);
}

/** Writes the name of each side into the corner that is farthest from the line. */
export function names(context, to, neuron, kinds) {
  const corners = cornersOf(to).map(([x, y]) => ({ x, y, value: sum(neuron, to.at(x, y)) }));
  [1, -1].forEach((sign, at) => {
    const farthest = corners.reduce((a, b) => (b.value * sign > a.value * sign + 1e-9 ? b : a));
    if (farthest.value * sign > 0) badge(context, to, kinds[at], farthest);
  });
}

function badge(context, to, kind, { x, y }) {
  context.font = font(13, 600);
  const words = kindName(kind);
  const [half, high] = [context.measureText(words).width / 2 + 10, sized(12)];
  const middle = Math.min(Math.max(x, to.start + half + 6), to.start + to.width - half - 6);
  const level = Math.min(Math.max(y, EDGE + high + 6), EDGE + to.height - high - 6);
  context.beginPath();
  context.roundRect(middle - half, level - high, half * 2, high * 2, high);
  context.fillStyle = colour('--surface');
  context.fill();
  context.lineWidth = 1.5;
  context.strokeStyle = colour(`--${kind}`);
  context.stroke();
  context.fillStyle = colour('--text');
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(words, middle, level + 0.5);
}
