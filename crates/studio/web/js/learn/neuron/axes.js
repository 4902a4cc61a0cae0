// The axes of a plot of fruit, with units; an axis of colours has the colours.

import { colour, font, sized } from './canvas.js';
import { measure, skin } from './fruit.js';
import { numberName } from './words.js';

/** Room for the axes, at the usual size of text, and at the other two sides. */
export const AXIS_LEFT = 52;
export const AXIS_BOTTOM = 48;
export const EDGE = 10;

/** Draws the frame and both axes. `to` has the size and the place of the plot, and turns values into pixels. */
export function axes(context, to, [across, up]) {
  const { left, right, bottom, top } = to.box;
  const floor = EDGE + to.height;
  context.strokeStyle = colour('--line-strong');
  context.lineWidth = 1;
  context.beginPath();
  context.roundRect(to.start, EDGE, to.width, to.height, 8);
  context.stroke();
  context.fillStyle = colour('--text-dim');
  context.font = font(12);
  context.textBaseline = 'middle';
  context.textAlign = 'center';
  for (const value of ticks(left, right, to.width / sized(70))) {
    const words = measure(across, value);
    const half = context.measureText(words).width / 2;
    context.fillText(words, Math.min(to.x(value), to.start + to.width + EDGE - half), floor + sized(16));
  }
  context.textAlign = 'right';
  for (const value of ticks(bottom, top, to.height / sized(50))) context.fillText(measure(up, value), to.start - 9, to.y(value));
  if (across === 'colour') {
    wheel(context, context.createLinearGradient(to.start, 0, to.start + to.width, 0), left, right);
    context.fillRect(to.start, floor + 3, to.width, 4);
  }
  if (up === 'colour') {
    wheel(context, context.createLinearGradient(0, floor, 0, EDGE), bottom, top);
    context.fillRect(to.start - 7, EDGE, 4, to.height);
  }
  context.fillStyle = colour('--text');
  context.font = font(13, 600);
  context.textAlign = 'right';
  context.fillText(`${numberName(across)} →`, to.start + to.width, floor + sized(39));
  context.textAlign = 'left';
  context.fillText(`↑ ${numberName(up)}`, 4, floor + sized(39));
}

/** Fills with the colours from one place of the colour wheel to another. */
function wheel(context, gradient, low, high) {
  for (let stop = 0; stop <= 12; stop += 1) gradient.addColorStop(stop / 12, skin(low + ((high - low) * stop) / 12));
  context.fillStyle = gradient;
}

/** Round numbers from `low` to `high`, about so many. */
function ticks(low, high, count) {
  const rough = (high - low) / Math.max(2, count);
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * unit).find((one) => one >= rough);
  const list = [];
  for (let value = Math.ceil(low / step) * step; value <= high; value += step) list.push(Number(value.toFixed(6)));
  return list;
}
