// A plot of fruit by two of their numbers, with the sides of an answer: those of a line that can be dragged, or those of a map.

import { h } from '../../dom.js';
import { t } from '../../messages.js';
import { AXIS_BOTTOM, AXIS_LEFT, EDGE, axes } from './axes.js';
import { colour, createCanvas, mark, sized } from './canvas.js';
import { inWords } from './fruit.js';
import { lineWithin, through } from './neuron.js';
import { line, names, sides } from './sides.js';
import { aKind } from './words.js';

/** Pixels from a point or the line at which a pointer touches it. */
const NEAR = 36;
const ON_LINE = 14;

/**
 * Creates a plot: { element, box(), show(changes) }. What it shows: `kinds`, `fruit`, `names` of the numbers across and up, the `selected`
 * fruit, `isWrong(fruit)`, `isUnseen(fruit)`, and either a `neuron` for these numbers as they are measured, perhaps with the one `before`
 * it, or a `map`, a canvas to stretch, with the `lines` of some neurons, one of them `thick`. `onselect(fruit, byKey)` is called when a
 * pointer or an arrow key comes to a piece of fruit, `online(neuron)` while the line is dragged.
 */
export function createPlot(label, { onselect = () => {}, online } = {}) {
  const shown = {
    kinds: [], fruit: [], names: [], selected: null, isWrong: () => false, isUnseen: () => false,
    neuron: null, before: null, map: null, lines: [], thick: null,
  };
  const canvas = createCanvas('fruit-canvas', paint);
  const handles = online ? [0, 1].map((at) => h('div', { class: 'fruit-handle', hidden: true, onpointerdown: (event) => turn(event, at) })) : [];
  const element = h('div', { class: 'fruit-plot', tabIndex: 0, role: 'application', 'aria-label': label, 'aria-roledescription': t('learn.neuron.plot'),
    onpointermove: (event) => event.target === canvas.element && point(event), onpointerdown: begin, onkeydown: step }, canvas.element, handles);

  /** The ends of the axes. */
  function box() {
    const [x, y] = shown.names.map((name) => {
      const values = shown.fruit.map((fruit) => fruit[name]);
      const [low, high] = [Math.min(...values), Math.max(...values)];
      return [low - (high - low) * 0.07, high + (high - low) * 0.07];
    });
    return { left: x[0], right: x[1], bottom: y[0], top: y[1] };
  }

  /** From the units of the axes to pixels and back. */
  function scales() {
    const ends = box();
    const { left, right, bottom, top } = ends;
    const start = sized(AXIS_LEFT);
    const [width, height] = [canvas.element.clientWidth - start - EDGE, canvas.element.clientHeight - sized(AXIS_BOTTOM) - EDGE];
    return {
      width, height, start, box: ends,
      x: (value) => start + ((value - left) / (right - left)) * width,
      y: (value) => EDGE + ((top - value) / (top - bottom)) * height,
      at: (x, y) => [left + ((x - start) / width) * (right - left), top - ((y - EDGE) / height) * (top - bottom)],
    };
  }

  function show(changes) {
    Object.assign(shown, changes);
    canvas.redraw();
  }

  function paint(context) {
    if (!shown.fruit.length) return;
    const to = scales();
    context.save();
    context.beginPath();
    context.roundRect(to.start, EDGE, to.width, to.height, 8);
    context.clip();
    if (shown.map) {
      context.imageSmoothingQuality = 'high';
      context.drawImage(shown.map, to.start, EDGE, to.width, to.height);
      for (const neuron of shown.lines) line(context, to, neuron, neuron === shown.thick ? 3 : 1.2, neuron === shown.thick ? [] : [9, 6]);
    } else if (shown.neuron) {
      sides(context, to, shown.neuron, shown.kinds);
      if (shown.before) line(context, to, shown.before, 1.5, [6, 5]);
      line(context, to, shown.neuron, 3, []);
    }
    context.restore();
    axes(context, to, shown.names);
    for (const fruit of shown.fruit) if (fruit !== shown.selected) dot(context, to, fruit, 4.2);
    if (shown.neuron) names(context, to, shown.neuron, shown.kinds);
    if (shown.selected) guides(context, to, shown.selected);
    place(to);
  }

  function dot(context, to, fruit, size) {
    const [x, y] = [to.x(fruit[shown.names[0]]), to.y(fruit[shown.names[1]])];
    mark(context, fruit.kind, x, y, size);
    const isHollow = shown.isUnseen(fruit) && fruit !== shown.selected;
    context.fillStyle = colour(isHollow ? '--surface' : `--${fruit.kind}`);
    context.fill();
    context.lineWidth = isHollow ? 2 : 1;
    context.strokeStyle = colour(isHollow ? `--${fruit.kind}` : '--surface');
    context.stroke();
    if (!shown.isWrong(fruit)) return;
    context.beginPath();
    context.arc(x, y, size + 3.6, 0, Math.PI * 2);
    context.lineWidth = 1.8;
    context.strokeStyle = colour('--danger');
    context.stroke();
  }

  /** The chosen fruit, with lines to its numbers. */
  function guides(context, to, fruit) {
    const [x, y] = [to.x(fruit[shown.names[0]]), to.y(fruit[shown.names[1]])];
    context.beginPath();
    context.moveTo(to.start, y);
    context.lineTo(x, y);
    context.lineTo(x, EDGE + to.height);
    context.setLineDash([2, 4]);
    context.lineWidth = 1.2;
    context.strokeStyle = colour('--text');
    context.stroke();
    context.setLineDash([]);
    dot(context, to, fruit, 7.5);
    mark(context, fruit.kind, x, y, 7.5);
    context.lineWidth = 2;
    context.strokeStyle = colour('--text');
    context.stroke();
  }

  /** Where the handles are, in the units of the axes. */
  function grips() {
    const ends = shown.neuron && !shown.map && lineWithin(shown.neuron, box());
    if (!ends) return null;
    const [[x1, y1], [x2, y2]] = ends;
    return [0.14, 0.86].map((part) => [x1 + (x2 - x1) * part, y1 + (y2 - y1) * part]);
  }

  function place(to) {
    const places = handles.length ? grips() : null;
    handles.forEach((handle, at) => {
      handle.hidden = !places;
      if (places) handle.style.translate = `${to.x(places[at][0])}px ${to.y(places[at][1])}px`;
    });
  }

  /** Follows the pointer until it is lifted. */
  function follow(event, moved) {
    event.preventDefault();
    const { target, pointerId } = event;
    target.setPointerCapture(pointerId);
    const stop = new AbortController();
    const { signal } = stop;
    target.addEventListener('pointermove', (move) => { if (move.pointerId === pointerId) moved(spot(move)); }, { signal });
    for (const end of ['pointerup', 'pointercancel']) target.addEventListener(end, () => stop.abort(), { signal });
  }

  /** The place of a pointer in the units of the axes. */
  function spot({ clientX, clientY }) {
    const { left, top } = canvas.element.getBoundingClientRect();
    return scales().at(clientX - left, clientY - top);
  }

  /** Turns the line about the other handle. */
  function turn(event, at) {
    event.stopPropagation();
    const other = grips()[1 - at];
    follow(event, (place) => online(at ? through(other, place) : through(place, other)));
  }

  /** A pointer on the line moves it; elsewhere it chooses a piece of fruit. */
  function begin(event) {
    if (event.target !== canvas.element) return;
    const places = online && grips();
    if (!places || Math.abs(distance(event, places)) > ON_LINE) return point(event);
    const from = spot(event);
    follow(event, (place) => {
      const [dx, dy] = [place[0] - from[0], place[1] - from[1]];
      online(through(...places.map(([x, y]) => [x + dx, y + dy])));
    });
  }

  /** Pixels from a pointer to a line through two places. */
  function distance({ clientX, clientY }, places) {
    const to = scales();
    const { left, top } = canvas.element.getBoundingClientRect();
    const [[x1, y1], [x2, y2]] = places.map(([x, y]) => [to.x(x), to.y(y)]);
    return ((x2 - x1) * (clientY - top - y1) - (y2 - y1) * (clientX - left - x1)) / Math.hypot(x2 - x1, y2 - y1);
  }

  function point({ clientX, clientY, buttons, pointerType }) {
    if (pointerType === 'mouse' && buttons) return;
    const to = scales();
    const { left, top } = canvas.element.getBoundingClientRect();
    let nearest = null;
    let least = NEAR;
    for (const fruit of shown.fruit) {
      const away = Math.hypot(to.x(fruit[shown.names[0]]) - clientX + left, to.y(fruit[shown.names[1]]) - clientY + top);
      if (away < least) [nearest, least] = [fruit, away];
    }
    if (nearest && nearest !== shown.selected) onselect(nearest, false);
  }

  /** Arrow keys go to the next fruit across or up. */
  function step(event) {
    const [axis, way] = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowDown: [1, -1], ArrowUp: [1, 1] }[event.key] ?? [];
    if (axis === undefined || !shown.fruit.length) return;
    event.preventDefault();
    const sorted = [...shown.fruit].sort((a, b) => a[shown.names[axis]] - b[shown.names[axis]]);
    const at = sorted.indexOf(shown.selected) + way;
    onselect(sorted[Math.min(Math.max(at, 0), sorted.length - 1)], true);
  }

  return { element, box, show };
}

/** A piece of fruit of a plot in words. */
export const described = (fruit) => t('learn.neuron.described', { a: aKind(fruit.kind), numbers: inWords(fruit) });
