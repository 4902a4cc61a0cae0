/** Activation maps of all channels of a layer on a photo: one sheet, drawn into small canvases. */
import { h } from '../dom.js';
import { layerPath } from './address.js';

/** The sheet of a layer. */
export class Maps {
  constructor(shown, { cell, sheet }) {
    this.cell = cell;
    this.columns = sheet.columns;
    this.image = new Image();
    this.image.src = `${layerPath(shown)}/sheet`;
    this.ready = this.image.decode();
    this.ready.catch(() => {});
  }

  /** Creates a canvas for a channel's map, empty until `paint`. */
  canvas() {
    return h('canvas', { class: 'map', width: this.cell[0], height: this.cell[1], 'aria-hidden': 'true' });
  }

  /** Draws a channel's map when the sheet is loaded. */
  async paint(canvas, channel) {
    try { await this.ready; } catch { return; }
    const [width, height] = this.cell;
    const x = (channel % this.columns) * width;
    const y = Math.floor(channel / this.columns) * height;
    canvas.getContext('2d').drawImage(this.image, x, y, width, height, 0, 0, width, height);
  }

  /** Creates a canvas with a channel's map. */
  draw(channel) {
    const canvas = this.canvas();
    this.paint(canvas, channel);
    return canvas;
  }
}
