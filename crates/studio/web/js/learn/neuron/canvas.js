// A canvas that is drawn again when its size, the colours or the size of the text change, and the colours and marks of the kinds of fruit.

import { h } from '../../dom.js';

const themed = new Set();
const colours = new Map();
const redrawAll = () => {
  colours.clear();
  themed.forEach((draw) => draw());
};
new MutationObserver(redrawAll).observe(document.documentElement, { attributeFilter: ['data-theme', 'data-text'] });
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redrawAll);

/** A canvas: { element, redraw() }. `draw(context, width, height)` gets CSS pixels. It is hidden from screen readers. */
export function createCanvas(name, draw) {
  const element = h('canvas', { class: name, 'aria-hidden': 'true' });
  const redraw = () => {
    const { clientWidth: width, clientHeight: height } = element;
    if (!width || !height) return;
    const scale = Math.max(1, devicePixelRatio);
    element.width = Math.round(width * scale);
    element.height = Math.round(height * scale);
    const context = element.getContext('2d');
    context.scale(scale, scale);
    draw(context, width, height);
  };
  new ResizeObserver(redraw).observe(element);
  themed.add(redraw);
  return { element, redraw };
}

/** So many pixels, more where the text is larger than usual. */
export const sized = (pixels) => (pixels / 16) * parseFloat(getComputedStyle(document.documentElement).fontSize);

/** A font for texts of so many pixels at the usual size. */
export const font = (pixels, weight = 400) => `${weight} ${sized(pixels)}px system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif`;

/** The value of a CSS colour such as `--orange`, light or dark. */
export function colour(name) {
  if (!colours.has(name)) {
    const probe = document.body.appendChild(h('span', { hidden: true }));
    probe.style.color = `var(${name})`;
    colours.set(name, getComputedStyle(probe).color);
    probe.remove();
  }
  return colours.get(name);
}

/** The red, green and blue of a CSS colour, 0 to 255. */
export const parts = (name) => colour(name).match(/[\d.]+/g).slice(0, 3).map(Number);

/** Draws the mark of a kind: a circle, a diamond or a triangle. */
export function mark(context, kind, x, y, size) {
  context.beginPath();
  if (kind === 'orange') context.arc(x, y, size, 0, Math.PI * 2);
  else if (kind === 'peach') polygon(context, [[x, y - size * 1.3], [x + size * 1.3, y], [x, y + size * 1.3], [x - size * 1.3, y]]);
  else polygon(context, [[x, y - size * 1.25], [x + size * 1.2, y + size * 0.95], [x - size * 1.2, y + size * 0.95]]);
}

/** Adds a polygon to the path. */
export function polygon(context, points) {
  points.forEach(([x, y], at) => (at ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.closePath();
}
