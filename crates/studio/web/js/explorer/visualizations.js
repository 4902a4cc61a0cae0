/** Feature visualizations: pictures of what a channel responds to. They are made in the background, visible ones first. */
import { debounce, h } from '../dom.js';
import { channelsPath } from './address.js';

const PAUSE = 150;
const MOST = 60;

const keyOf = ({ model, layer }) => `${model} ${layer}`;

/** The visualizations of all layers: which exist, and the elements of the page that wait for one. */
export class Visualizations {
  constructor(api, events) {
    this.api = api;
    this.made = new Map();
    this.places = new Map();
    this.seen = new Set();
    this.ask = debounce(PAUSE, () => this.askForSeen());
    this.observer = new IntersectionObserver((entries) => this.look(entries));
    events.on('visualization', (one) => this.arrived(one));
    events.on('reset', () => this.made.clear());
  }

  /** The channels of a layer that have a visualization. */
  madeOf(shown) {
    const key = keyOf(shown);
    if (!this.made.has(key)) {
      const numbers = this.api.get(channelsPath(shown)).then(({ made }) => new Set(made));
      numbers.catch(() => this.made.delete(key));
      this.made.set(key, numbers);
    }
    return this.made.get(key);
  }

  /**
   * Creates an element for a channel's visualization, which is shown at once or when it has been made. After the visible ones
   * those of the layer's other channels are made, unless the element is shown `only` for itself.
   */
  place(shown, channel, className = '', { only = false } = {}) {
    const element = h('span', { class: `visualization skeleton ${className}` });
    this.places.set(element, { model: shown.model, layer: shown.layer, channel, only });
    this.observer.observe(element);
    return element;
  }

  /** Drops the elements inside a container that is emptied. */
  forget(container) {
    for (const element of container.querySelectorAll('.visualization')) this.drop(element);
  }

  drop(element) {
    this.places.delete(element);
    this.seen.delete(element);
    this.observer.unobserve(element);
  }

  async look(entries) {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) this.seen.delete(target);
      else if (this.places.has(target)) this.seen.add(target);
    }
    for (const element of [...this.seen]) {
      const place = this.places.get(element);
      // Another layer may have been chosen meanwhile.
      const made = place && await this.madeOf(place).catch(() => null);
      if (made?.has(place.channel) && this.places.has(element)) this.fill(element, place);
    }
    this.ask();
  }

  /** Requests the missing visible visualizations, with one request for each layer. */
  askForSeen() {
    const layers = new Map();
    for (const element of this.seen) {
      const place = this.places.get(element);
      const key = keyOf(place);
      if (!layers.has(key)) layers.set(key, { ...place, channels: new Set() });
      const layer = layers.get(key);
      layer.channels.add(place.channel);
      layer.only &&= place.only;
    }
    for (const { channels, only, ...place } of layers.values()) {
      this.api.post(channelsPath(place), { channels: [...channels].slice(0, MOST), only }).catch(() => {});
    }
  }

  async arrived({ model, layer, channel }) {
    (await this.made.get(keyOf({ model, layer })))?.add(channel);
    for (const element of [...this.seen]) {
      const place = this.places.get(element);
      if (place.model === model && place.layer === layer && place.channel === channel) this.fill(element, place);
    }
  }

  fill(element, place) {
    this.drop(element);
    const image = h('img', { alt: '', src: `${channelsPath(place)}/${place.channel}` });
    image.addEventListener('load', () => element.classList.remove('skeleton'));
    element.replaceChildren(image);
  }
}
