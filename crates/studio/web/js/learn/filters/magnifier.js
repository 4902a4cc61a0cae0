// The window: a few pixels of the photo, magnified, with their numbers; the kernel's window on them; the products; the sum, and
// where it lands.

import { calm, debounce, fill, h, icon, setVars } from '../../dom.js';
import { t } from '../../messages.js';
import { figure } from '../chapter.js';
import { aim } from './aim.js';
import { choice } from './choice.js';
import { valueAt, windowAt } from './convolution.js';
import { drawColours } from './drawing.js';
import { equation } from './equation.js';
import { once } from './parts.js';
import { LIGHTS, pixelColour } from './lights.js';
import { shown } from './numbers.js';

/** The pixels that are shown magnified. */
const COLUMNS = 11;
const ROWS = 9;
/** The side of a magnified pixel in the canvas, and its largest text. */
const CELL = 64;
const TEXT = 25;
/** Milliseconds between two steps of the window that slides by itself. */
const PACE = 130;

const text = (name, values) => t(`learn.filters.window.${name}`, values);
const between = (value, least, most) => Math.min(Math.max(value, least), most);

/** { element, stop() }: `stop` stops the sliding window. */
export function magnifier(bench) {
  let light = 'grey';
  /** The middle of the window, and the upper left magnified pixel, in pixels of the photo. */
  let [x, y, left, top] = [0, 0, 0, 0];
  let sliding = null;
  /** How many results there are while the window slides; null for all. */
  let made = null;

  const overview = h('canvas', { role: 'img', 'aria-label': text('where') });
  const part = h('span', { class: 'filters-part' });
  const map = aim({ point: (across, down) => jump(across * bench.photo.width, down * bench.photo.height) }, overview, part);
  const near = h('canvas', { width: COLUMNS * CELL, height: ROWS * CELL });
  const far = h('canvas', { width: COLUMNS * CELL, height: ROWS * CELL });
  const box = h('span', { class: 'filters-window' });
  const target = h('span', { class: 'filters-window target' });
  const status = h('p', { class: 'visually-hidden', role: 'status' });
  const photo = aim({ label: text('move'), role: text('role'), point: touch, move: (across, down) => { stop(); move(x + across, y + down); } }, near, box);
  const result = h('div', { class: 'filters-frame', role: 'img' }, far, target);
  const sum = equation();
  const lights = choice(text('light'), Object.keys(LIGHTS).map((name) => [name, text(`lights.${name}`)]), (name) => {
    light = name;
    show();
  });
  const play = h('button', { type: 'button', class: 'button', onclick: () => (sliding ? stop() : slide()) });

  const half = () => (bench.kernel.size - 1) / 2;
  const columns = () => Math.min(COLUMNS, bench.photo.width);
  const rows = () => Math.min(ROWS, bench.photo.height);

  /** Moves the middle of the window; the magnified part follows if it must. */
  function move(toX, toY) {
    const { width, height } = bench.photo;
    x = between(toX, half(), width - 1 - half());
    y = between(toY, half(), height - 1 - half());
    left = between(between(left, x + half() - columns() + 1, x - half()), 0, width - columns());
    top = between(between(top, y + half() - rows() + 1, y - half()), 0, height - rows());
    show();
  }

  /** Moves the magnified part so that this pixel is in its middle. */
  function jump(toX, toY) {
    stop();
    centre(Math.round(toX), Math.round(toY));
    move(x, y);
  }

  function centre(toX, toY) {
    [x, y] = [toX, toY];
    left = x - (COLUMNS - 1) / 2;
    top = y - (ROWS - 1) / 2;
  }

  /** Moves the window to the pixel that is touched; it stays within the magnified part. */
  function touch(across, down) {
    stop();
    const [column, row] = [Math.floor(across * COLUMNS), Math.floor(down * ROWS)];
    move(left + between(column, half(), columns() - 1 - half()), top + between(row, half(), rows() - 1 - half()));
  }

  function show() {
    const { width, height } = bench.photo;
    const maps = LIGHTS[light].map((name) => bench.photo[name]);
    const sumsAt = (column, row) => maps.map((map) => windowAt(map, bench.kernel, column, row).sum);
    const windows = maps.map((map) => windowAt(map, bench.kernel, x, y));
    lights.set(light);
    paint(near, (column, row) => maps.map((map) => valueAt(map, column, row)), () => true);
    paint(far, sumsAt, (column, row) => made === null || (row - half()) * (columns() - 2 * half()) + column - half() < made);
    place(box, x - half() - left, y - half() - top, bench.kernel.size);
    place(target, x - left, y - top, 1);
    setVars(part, { left: left / width, top: top / height, width: columns() / width, height: rows() / height });
    sum.show(bench.kernel, windows, light);
    result.setAttribute('aria-label', text('result', { x: x + 1, y: y + 1, sum: windows.map((one) => shown(one.sum, 1)).join(', ') }));
    announce(windows);
    fill(play, icon(sliding ? 'pause' : 'play'), text(sliding ? 'stop' : 'slide'));
  }

  const announce = debounce(500, (windows) => {
    if (!sliding) status.textContent = text('status', { x: x + 1, y: y + 1, sum: windows.map((one) => shown(one.sum, 1)).join(', ') });
  });

  const place = (element, column, row, size) => setVars(element, { left: column / COLUMNS, top: row / ROWS, width: size / COLUMNS, height: size / ROWS });

  /** Draws the magnified pixels with their numbers, the `valuesAt(column, row)` of the photo; `isThere` says which have been made. */
  function paint(canvas, valuesAt, isThere) {
    const drawing = canvas.getContext('2d');
    drawing.clearRect(0, 0, canvas.width, canvas.height);
    drawing.textAlign = 'center';
    drawing.textBaseline = 'middle';
    for (let row = 0; row < rows(); row += 1) {
      for (let column = 0; column < columns(); column += 1) {
        if (!isThere(column, row)) continue;
        const values = valuesAt(left + column, top + row);
        const { css, ink } = pixelColour(values, light);
        drawing.fillStyle = css;
        drawing.fillRect(column * CELL, row * CELL, CELL - 1, CELL - 1);
        if (values.length > 1) continue;
        const label = shown(values[0]);
        drawing.fillStyle = ink;
        drawing.font = `${Math.min(TEXT, (CELL * 1.5) / label.length)}px system-ui, sans-serif`;
        drawing.fillText(label, (column + 0.5) * CELL, (row + 0.5) * CELL);
      }
    }
  }

  function slide() {
    const across = columns() - 2 * half();
    const count = across * (rows() - 2 * half());
    // With reduced motion, a row at a time.
    const step = calm() ? across : 1;
    made = 0;
    sliding = setInterval(() => {
      made = Math.min(made + step, count);
      if (made === count) stop();
      else go();
    }, calm() ? 4 * PACE : PACE);
    const go = () => {
      const at = Math.max(0, made - 1);
      move(left + half() + (at % across), top + half() + Math.floor(at / across));
    };
    made = 1;
    go();
  }

  function stop() {
    if (!sliding) return;
    clearInterval(sliding);
    sliding = null;
    made = null;
    show();
  }

  bench.on(['photo'], () => {
    drawColours(overview, bench.photo);
    setVars(map, { ratio: bench.photo.width / bench.photo.height });
    const start = liveliest(bench.photo.grey);
    centre(start.x, start.y);
  });
  bench.on(['photo', 'kernel'], once(() => {
    stop();
    move(x, y);
  }));

  const element = figure(text('title'), text('strict'),
    h('div', { class: 'filters-near' },
      h('figure', { class: 'filters-picture' }, map, h('figcaption', { class: 'dim small' }, text('where'))),
      h('figure', { class: 'filters-picture' }, photo, h('figcaption', { class: 'dim small' }, text('near'))),
      h('figure', { class: 'filters-picture' }, result, h('figcaption', { class: 'dim small' }, text('far')))),
    h('div', { class: 'filters-tools' }, play, lights.element),
    sum.element, status);
  return { element, stop };
}

/** Where a map changes most within the magnified part: the middle of that part. */
function liveliest(map) {
  let best = { x: Math.floor(map.width / 2), y: Math.floor(map.height / 2), change: 0 };
  for (let y = ROWS; y < map.height - ROWS; y += 4) {
    for (let x = COLUMNS; x < map.width - COLUMNS; x += 4) {
      let change = 0;
      for (let row = -4; row <= 4; row += 2) {
        const from = (y + row) * map.width + x;
        change += Math.abs(map.values[from + 3] - map.values[from - 3]);
      }
      if (change > best.change) best = { x, y, change };
    }
  }
  return best;
}
