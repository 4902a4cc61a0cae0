// A painted layer: the weight of a look at each pixel, as the opacity of a canvas.

import { readShape } from './shapes.js';

/** Longer side of the canvas and of the uploaded mask in pixels. */
const SIDE = 1024;
const KEPT = 30;

/** Colours of the layers on the screen; the first is for the chosen filter. */
export const HUES = ['#f2a541', '#4fb3bf', '#d46a9f', '#8fb84f', '#7d8ce0', '#d97b4f'];

/** A layer of the mask: that of the chosen filter (`look` is null), or a region with its own look. */
export class MaskLayer {
  #context;
  #before = [];

  constructor(picture, look, hue) {
    const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
    this.canvas = document.createElement('canvas');
    this.canvas.width = Math.max(1, Math.round(picture.width * scale));
    this.canvas.height = Math.max(1, Math.round(picture.height * scale));
    this.#context = this.canvas.getContext('2d', { willReadFrequently: true });
    this.look = look;
    this.hue = hue;
    /** Its shape, if nothing was painted since it was set. */
    this.shape = null;
    /** The id of its picture on the server, if nothing was painted since. */
    this.picture = null;
  }

  /** Saves its state for `undo`. */
  remember() {
    const { width, height } = this.canvas;
    this.#before.push({ data: this.#context.getImageData(0, 0, width, height), shape: this.shape, picture: this.picture });
    if (this.#before.length > KEPT) this.#before.shift();
    this.shape = null;
    this.picture = null;
  }

  /** Whether `undo` has an effect. */
  get canUndo() {
    return this.#before.length > 0;
  }

  /** Undoes the last change. */
  undo() {
    const before = this.#before.pop();
    if (!before) return;
    this.#context.putImageData(before.data, 0, 0);
    this.shape = before.shape;
    this.picture = before.picture;
  }

  /** Draws a line of soft dabs; positions and radius are in pixels of the canvas, softness is 0 to 1. */
  stroke(from, to, { radius, softness, erase }) {
    const context = this.#context;
    context.globalCompositeOperation = erase ? 'destination-out' : 'source-over';
    const distance = Math.hypot(to.x - from.x, to.y - from.y);
    const steps = Math.max(1, Math.ceil(distance / Math.max(1, radius / 4)));
    for (let step = 1; step <= steps; step += 1) {
      const x = from.x + ((to.x - from.x) * step) / steps;
      const y = from.y + ((to.y - from.y) * step) / steps;
      context.fillStyle = dab(context, x, y, radius, softness);
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      context.fill();
    }
    context.globalCompositeOperation = 'source-over';
  }

  /** Clears the layer. */
  clear() {
    this.remember();
    this.#context.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }

  /** Inverts the layer. */
  invert() {
    this.remember();
    this.#change((alpha) => 255 - alpha);
  }

  /** Replaces the layer with a shape. Returns false and changes nothing if the text is not a shape. */
  setShape(text) {
    const weight = readShape(text, this.canvas.width, this.canvas.height);
    if (!weight) return false;
    this.remember();
    this.#change((_, x, y) => weight(x + 0.5, y + 0.5) * 255);
    this.shape = text;
    return true;
  }

  /** Replaces the layer with the brightness of a mask from the server. */
  setPicture(image, id) {
    const { width, height } = this.canvas;
    this.#context.drawImage(image, 0, 0, width, height);
    const { data } = this.#context.getImageData(0, 0, width, height);
    this.#change((alpha, x, y) => (data[(y * width + x) * 4] * alpha) / 255);
    this.picture = id;
  }

  #change(alphaOf) {
    const { width, height } = this.canvas;
    const pixels = this.#context.getImageData(0, 0, width, height);
    for (let at = 0; at < width * height; at += 1) {
      const alpha = alphaOf(pixels.data[at * 4 + 3], at % width, Math.floor(at / width));
      pixels.data.fill(255, at * 4, at * 4 + 3);
      pixels.data[at * 4 + 3] = alpha;
    }
    this.#context.putImageData(pixels, 0, 0);
  }

  /** Whether the layer is empty. */
  get isEmpty() {
    const { data } = this.#context.getImageData(0, 0, this.canvas.width, this.canvas.height);
    for (let at = 3; at < data.length; at += 4) if (data[at] > 4) return false;
    return true;
  }

  /** The mask as a grey PNG: white where the dream grows. */
  toPng() {
    const { width, height } = this.canvas;
    const grey = document.createElement('canvas');
    grey.width = width;
    grey.height = height;
    const context = grey.getContext('2d');
    context.fillRect(0, 0, width, height);
    context.drawImage(this.canvas, 0, 0);
    return new Promise((done) => grey.toBlob(done, 'image/png'));
  }
}

function dab(context, x, y, radius, softness) {
  if (softness < 0.02) return '#fff';
  const gradient = context.createRadialGradient(x, y, radius * (1 - softness), x, y, radius);
  gradient.addColorStop(0, 'rgb(255 255 255)');
  gradient.addColorStop(0.5, 'rgb(255 255 255 / 35%)');
  gradient.addColorStop(1, 'rgb(255 255 255 / 0%)');
  return gradient;
}
