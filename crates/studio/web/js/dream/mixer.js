// Mixes photo and dream at screen size, so that the strength slider reacts at once.

/** Draws `photo + strength * (dream - photo)` into a canvas. */
export class Mixer {
  #canvas;
  #context;
  #photo = null;
  #dream = null;
  #strength = 1;
  #asked = false;

  constructor(canvas) {
    this.#canvas = canvas;
    this.#context = canvas.getContext('2d', { willReadFrequently: true });
  }

  /** Sets the pictures, and the canvas to the size of the dream. */
  setPictures(photo, dream) {
    this.#photo = photo;
    this.#dream = dream;
    this.#canvas.width = dream.naturalWidth;
    this.#canvas.height = dream.naturalHeight;
    this.#draw();
  }

  /** 0 is the photo, 1 the dream, 2 twice the dream. */
  set strength(strength) {
    this.#strength = strength;
    if (this.#asked || !this.#dream) return;
    this.#asked = true;
    requestAnimationFrame(() => {
      this.#asked = false;
      this.#draw();
    });
  }

  #draw() {
    const { width, height } = this.#canvas;
    const context = this.#context;
    const put = (picture, alpha) => {
      context.globalAlpha = alpha;
      context.drawImage(picture, 0, 0, width, height);
    };
    put(this.#photo, 1);
    if (this.#strength <= 1) {
      put(this.#dream, this.#strength);
      return;
    }
    const photo = context.getImageData(0, 0, width, height).data;
    put(this.#dream, 1);
    const mixed = context.getImageData(0, 0, width, height);
    const more = this.#strength - 1;
    const { data } = mixed;
    for (let at = 0; at < data.length; at += 1) data[at] += more * (data[at] - photo[at]);
    context.putImageData(mixed, 0, 0);
  }
}
