// Undo and redo of photos and dreams.

/** A list of moments of which one is shown. */
export class History {
  #moments = [];
  #at = -1;

  /** Puts a moment after the one that is shown; those that could be redone are gone. */
  push(moment) {
    this.#moments.splice(this.#at + 1, Infinity, moment);
    this.#at = this.#moments.length - 1;
  }

  /** Changes the moment that is shown. */
  amend(patch) {
    Object.assign(this.#moments[this.#at] ?? {}, patch);
  }

  /** The moment that is shown. */
  get now() {
    return this.#moments[this.#at] ?? null;
  }

  get canUndo() {
    return this.#at > 0;
  }

  get canRedo() {
    return this.#at < this.#moments.length - 1;
  }

  /** Goes one back or on, and gives that moment. */
  step(by) {
    this.#at = Math.min(Math.max(this.#at + by, 0), this.#moments.length - 1);
    return this.now;
  }
}
