// The steps of one dream: their numbers and pictures, asked for as far as somebody wants to see them.

/** How many steps are asked for at once. */
const AHEAD = 4;

/** The steps of the dream of a photo with a look. */
export class Steps {
  #api;
  #path;
  #query;
  #about = null;
  #asking = null;
  #loaded = new Map();
  #stopping = new AbortController();

  constructor(api, photo, look) {
    this.#api = api;
    this.#path = `/api/learn/loop/${photo.id}`;
    this.#query = `look=${encodeURIComponent(JSON.stringify(look))}`;
  }

  /** { width, height, octaves, steps } of the dream; null before the first answer. */
  get about() { return this.#about; }

  /** The moment after so many steps, if it is there. */
  moment(step) { return this.#about?.moments[step]; }

  /** Addresses for `src`. */
  picture(step) { return `${this.#path}/${step}/picture?${this.#query}`; }
  gradient(step) { return `${this.#path}/${step}/gradient?${this.#query}`; }

  /** Waits until the moment after so many steps is there, with its pictures decoded; `gradient` adds that of the step after it. */
  async reach(step, { gradient = false } = {}) {
    while (!this.moment(step) && (!this.#about || this.#about.moments.length <= this.#about.steps)) {
      this.#asking ??= this.#ask(step).finally(() => { this.#asking = null; });
      await this.#asking;
    }
    const moment = this.moment(step);
    if (!moment) return;
    await Promise.all([this.#load(this.picture(step)), gradient && moment.strength !== null && this.#load(this.gradient(step))]);
  }

  async #ask(step) {
    const there = this.#about?.moments.length ?? 0;
    const to = Math.min(step, there + AHEAD - 1);
    this.#about = await this.#api.get(`${this.#path}?${this.#query}&to=${to}`, { signal: this.#stopping.signal });
  }

  /** Decodes a picture, so that it is shown at once. */
  #load(address) {
    if (!this.#loaded.has(address)) {
      const image = new Image();
      image.src = address;
      this.#loaded.set(address, image.decode().then(() => image));
      this.#loaded.get(address).catch(() => this.#loaded.delete(address));
    }
    return this.#loaded.get(address);
  }

  /** The decoded picture of a moment that was reached. */
  image(step) { return this.#load(this.picture(step)); }

  /** Stops what is asked for; the studio then grows no further. */
  stop() {
    this.#stopping.abort();
    this.#stopping = new AbortController();
  }
}
