// Undo and redo of photos and dreams.

import { isGrowing } from './session.js';

/** A list of moments of which one is shown. */
class History {
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

/** The moments of a session: they are kept by `commit`, and gone through by `step`. */
export function createTimeline(session, state) {
  const history = new History();

  const tell = () => session.update({ canUndo: history.canUndo, canRedo: history.canRedo });

  return {
    /** Keeps what is shown now. */
    commit() {
      const { photo, parent, look, places, layers, size, dream, strength } = session;
      history.push({ photo, parent, look, places, layers, size, dream, strength });
      tell();
    },
    /** Puts the settings as they are now into the moment that is shown. */
    amend() {
      const { look, places, layers, size, strength } = session;
      history.amend({ look, places, layers, size, strength });
    },
    /** Back from a job that gave no dream, to what was there. */
    drop() {
      session.update({ job: null, dream: history.now?.dream ?? null, octave: null, peek: false });
    },
    /** Goes one back or on, unless a dream is growing. */
    step(by) {
      if (isGrowing(session.job) || !(by < 0 ? history.canUndo : history.canRedo)) return;
      const moment = history.step(by);
      session.update({ ...moment, job: null, octave: null, peek: false });
      state.set({ photo: moment.photo });
      tell();
    },
  };
}
