// Walks through the steps of one or several dreams, one at a time or running.

import { toastProblem } from '../../toast.js';

/** Milliseconds between two steps that run. */
const PACE = 170;
/** Steps that are fetched before they are wanted. */
const AHEAD = 4;

const wait = (milliseconds) => new Promise((done) => { setTimeout(done, milliseconds); });

/**
 * A player. `show(step)` shows a moment whose pictures are there; `change()` is called when it begins or ceases to run.
 * `wanted` are the pictures to wait for, see `Steps.reach`.
 */
export function createPlayer({ show, change = () => {}, wanted = {} }) {
  let dreams = [];
  let at = null;
  let running = false;
  let request = 0;
  /** The number of the latest run; older ones end. */
  let turn = 0;

  const last = () => dreams[0]?.about?.steps ?? 0;
  const reach = (step) => Promise.all(dreams.map((dream) => dream.reach(step, wanted)));

  function setRunning(yes) {
    turn += 1;
    if (running === yes) return;
    running = yes;
    change();
  }

  /** Shows the moment after so many steps when it is there; returns whether it is shown. */
  async function load(step) {
    request += 1;
    const mine = request;
    try {
      await reach(step);
    } catch (problem) {
      if (mine !== request) return false;
      setRunning(false);
      if (problem.name !== 'AbortError') toastProblem(problem);
      return false;
    }
    if (mine !== request) return false;
    at = Math.min(step, last());
    show(at);
    for (let next = at + 1; next <= Math.min(at + AHEAD, last()); next += 1) reach(next).catch(() => {});
    return true;
  }

  return {
    get at() { return at; },
    get running() { return running; },
    get last() { return last(); },
    /** Opens dreams at a step. */
    open(steps, step = 0) {
      this.stop();
      dreams = steps;
      at = null;
      return load(step);
    },
    /** Shows a moment, and no longer runs. */
    go(step) {
      setRunning(false);
      return load(Math.max(0, step));
    },
    /** Runs to the end, from the start if it is there already. */
    async run() {
      setRunning(true);
      const mine = turn;
      if (at === last()) await load(0);
      while (turn === mine && at < last()) {
        const [shown] = await Promise.all([load(at + 1), wait(PACE)]);
        if (!shown) break;
      }
      if (turn === mine) setRunning(false);
    },
    pause() { setRunning(false); },
    /** Stops everything that is asked for. */
    stop() {
      request += 1;
      setRunning(false);
      dreams.forEach((dream) => dream.stop());
    },
  };
}
