// The photo in squares: how a layer cuts it, and what a spot of the layer sees, from layer to layer.

import { urls } from '../../api.js';
import { calm, h, icon } from '../../dom.js';
import { t } from '../../messages.js';
import { toastProblem } from '../../toast.js';
import { figure } from '../chapter.js';
import { otherPhoto, pixelsOf } from '../photo.js';
import { fieldsAt } from './fields.js';
import { LAYERS } from './picks.js';

const SVG = 'http://www.w3.org/2000/svg';
/** The longer side of the photo that the network sees, in pixels. */
const SEEN = 448;
/** Pixels of the closer look. */
const CLOSE = 480;
/** The narrowest squares that are drawn, in pixels of the screen. */
const NARROWEST = 5;
/** Up to this many pixels each is drawn as a square. */
const PIXELS = 72;
const STEP = 0.02;
const STRIDE = 0.1;
const PACE = 900;

const svg = (name, attributes = {}) => {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
};

const clamped = (value) => Math.min(1, Math.max(0, value));

/** Creates the figure. `onchange({ layer, spot })` is called when the visitor has chosen another layer or spot. */
export function squares(context, onchange) {
  const photo = h('img', { alt: '', draggable: false });
  const lines = svg('path', { class: 'squares-lines' });
  const dim = svg('path', { class: 'squares-dim', 'fill-rule': 'evenodd' });
  const frame = svg('rect', { class: 'squares-frame' });
  const cell = svg('rect', { class: 'squares-cell' });
  const drawing = svg('svg', { 'aria-hidden': 'true', preserveAspectRatio: 'none' });
  drawing.append(lines, dim, frame, cell);
  const stage = h('div', { class: 'squares-stage', tabIndex: 0, role: 'button', 'aria-label': t('learn.features.squares.stage'), 'aria-describedby': 'squares-keys' }, photo, drawing);
  const close = h('canvas', { class: 'squares-close', width: CLOSE, height: CLOSE, role: 'img' });
  const words = h('p', { class: 'squares-words', role: 'status' });
  const play = h('button', { type: 'button', class: 'button small', onclick: () => (timer ? stop() : start()) });
  const choice = h('div', { class: 'tabs squares-layers', role: 'radiogroup', 'aria-label': t('learn.features.squares.layers') }, LAYERS.map((layer) => h('label', {},
    h('input', { type: 'radio', name: 'squares-layer', value: layer, onchange: () => { stop(); choose(layer); } }), h('span', {}, layer))));
  const element = figure(t('learn.features.squares.label'), t('learn.features.squares.caption'),
    h('div', { class: 'squares' }, stage, h('div', { class: 'squares-look' }, h('p', { class: 'label' }, t('learn.features.squares.sees')), close)),
    h('div', { class: 'squares-bar' }, choice, play),
    words,
    h('p', { class: 'visually-hidden', id: 'squares-keys' }, t('learn.features.squares.keys')),
    otherPhoto(context));

  let shown = null;
  let pixels = null;
  let fields = null;
  let layer = 'fire3';
  let spot = { x: 0.5, y: 0.5 };
  let timer = null;
  const look = fieldsAt(context.api, (answer) => { fields = answer; draw(); });

  function choose(next) {
    layer = next;
    draw();
    onchange({ layer, spot });
  }

  function move(x, y) {
    spot = { x: clamped(x), y: clamped(y) };
    if (shown) look(shown.id, spot).catch(toastProblem);
    onchange({ layer, spot });
  }

  /** Shows the photo, a layer and a spot, each if it is given. */
  async function show({ photo: next, layer: other, spot: place }) {
    if (LAYERS.includes(other)) layer = other;
    if (place) spot = place;
    choice.querySelector(`[value="${layer}"]`).checked = true;
    if (next && next.id !== shown?.id) {
      shown = next;
      photo.src = urls.view(next.id, 1280);
      stage.style.setProperty('--ratio', next.width / next.height);
      pixels = null;
      const seen = await pixelsOf(next, SEEN);
      if (shown !== next) return;
      pixels = h('canvas', { width: seen.width, height: seen.height });
      pixels.getContext('2d').putImageData(seen, 0, 0);
    }
    await look(shown.id, spot);
  }

  function draw() {
    const at = fields?.layers.find((one) => one.layer === layer);
    if (!at) return;
    choice.querySelector(`[value="${layer}"]`).checked = true;
    const { width, height } = fields;
    const [wide, high] = [width / at.columns, height / at.rows];
    drawing.setAttribute('viewBox', `0 0 ${width} ${height}`);
    const across = Array.from({ length: at.columns - 1 }, (_, i) => `M${(i + 1) * wide} 0V${height}`);
    const down = Array.from({ length: at.rows - 1 }, (_, i) => `M0 ${(i + 1) * high}H${width}`);
    const fits = stage.clientWidth / at.columns >= NARROWEST;
    lines.setAttribute('d', fits ? [...across, ...down].join('') : '');
    place(frame, at.field);
    place(cell, { x: at.column * wide, y: at.row * high, width: wide, height: high });
    const { x, y, width: w, height: tall } = at.field;
    dim.setAttribute('d', `M0 0H${width}V${height}H0ZM${x} ${y}h${w}v${tall}h${-w}z`);
    words.textContent = t(fits ? 'learn.features.squares.words' : 'learn.features.squares.fine', {
      layer, columns: at.columns, rows: at.rows, width: at.size[0], height: at.size[1],
    });
    enlarge(at);
  }

  const place = (rectangle, box) => { for (const side of ['x', 'y', 'width', 'height']) rectangle.setAttribute(side, box[side]); };

  /** Draws what the spot sees, as large as it fits. */
  function enlarge({ field: { x, y, width, height } }) {
    close.setAttribute('aria-label', t('learn.features.squares.close', { width, height, layer }));
    const context2d = close.getContext('2d');
    context2d.clearRect(0, 0, CLOSE, CLOSE);
    if (!pixels) return;
    const scale = CLOSE / Math.max(width, height);
    const [w, tall] = [width * scale, height * scale];
    const [left, top] = [(CLOSE - w) / 2, (CLOSE - tall) / 2];
    context2d.imageSmoothingEnabled = Math.max(width, height) > PIXELS;
    context2d.imageSmoothingQuality = 'high';
    context2d.drawImage(pixels, x, y, width, height, left, top, w, tall);
    if (scale < 12) return;
    context2d.strokeStyle = 'rgb(0 0 0 / 45%)';
    context2d.lineWidth = 1;
    context2d.beginPath();
    for (let i = 1; i < width; i += 1) { context2d.moveTo(left + i * scale, top); context2d.lineTo(left + i * scale, top + tall); }
    for (let i = 1; i < height; i += 1) { context2d.moveTo(left, top + i * scale); context2d.lineTo(left + w, top + i * scale); }
    context2d.stroke();
  }

  function start() {
    const next = () => {
      const at = LAYERS.indexOf(layer);
      if (at + 1 < LAYERS.length) choose(LAYERS[at + 1]);
      if (layer === LAYERS.at(-1)) stop();
    };
    if (layer === LAYERS.at(-1)) choose(LAYERS[0]);
    timer = setInterval(next, PACE);
    name();
  }

  function stop() {
    clearInterval(timer);
    timer = null;
    name();
  }

  const name = () => play.replaceChildren(icon(timer ? 'pause' : 'play'), t(timer ? 'learn.features.squares.pause' : 'learn.features.squares.grow'));

  const follow = (event) => {
    const { left, top, width, height } = stage.getBoundingClientRect();
    move((event.clientX - left) / width, (event.clientY - top) / height);
  };
  stage.addEventListener('pointerdown', (event) => { stage.setPointerCapture(event.pointerId); follow(event); });
  stage.addEventListener('pointermove', (event) => stage.hasPointerCapture(event.pointerId) && follow(event));
  stage.addEventListener('keydown', (event) => {
    const step = event.shiftKey ? STRIDE : STEP;
    const by = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
    if (!by) return;
    event.preventDefault();
    move(spot.x + by[0], spot.y + by[1]);
  });
  new ResizeObserver(() => draw()).observe(stage);
  stage.classList.toggle('calm', calm());
  name();
  return { element, show, stop };
}
