// Undo and redo of photos and dreams.

import { isGrowing } from './session.js';

/** A list of states, one of which is shown. */
class History {
  #states = [];
  #at = -1;

  /** Adds a state after the shown one, and drops those that could be redone. */
  push(state) {
    this.#states.splice(this.#at + 1, Infinity, state);
    this.#at = this.#states.length - 1;
  }

  /** Changes the shown state. */
  amend(patch) {
    Object.assign(this.#states[this.#at] ?? {}, patch);
  }

  /** The shown state. */
  get now() {
    return this.#states[this.#at] ?? null;
  }

  get canUndo() {
    return this.#at > 0;
  }

  get canRedo() {
    return this.#at < this.#states.length - 1;
  }

  /** Moves back or forward, and returns that state. */
  step(by) {
    this.#at = Math.min(Math.max(this.#at + by, 0), this.#states.length - 1);
    return this.now;
  }
}

/** The undo history of a session: `commit` adds a state, `step` moves through them. */
export function createTimeline(session, state) {
  const history = new History();

  const updateButtons = () => session.update({ canUndo: history.canUndo, canRedo: history.canRedo });

  return {
    /** Adds what is shown to the history. */
    commit() {
      const { photo, parent, look, places, layers, size, dream, strength } = session;
      history.push({ photo, parent, look, places, layers, size, dream, strength });
      updateButtons();
    },
    /** Updates the settings of the shown state. */
    amend() {
      const { look, places, layers, size, strength } = session;
      history.amend({ look, places, layers, size, strength });
    },
    /** Returns from a job without a dream to what was shown before. */
    drop() {
      session.update({ job: null, dream: history.now?.dream ?? null, octave: null, peek: false });
    },
    /** Undoes or redoes, unless a dream is running. */
    step(by) {
      if (isGrowing(session.job) || !(by < 0 ? history.canUndo : history.canRedo)) return;
      const previous = history.step(by);
      session.update({ ...previous, job: null, octave: null, peek: false });
      state.set({ photo: previous.photo });
      updateButtons();
    },
  };
}
