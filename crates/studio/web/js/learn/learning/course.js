// The course of a lesson up to the step that is shown: it comes from the studio as fast as the network learns, is kept, and is
// played, stopped, and walked forwards and back.

import { takeLesson } from './lesson.js';

/** Steps that are shown in a second. */
export const SPEEDS = { slow: 3, normal: 25, fast: 120 };

/** Creates a course. `onshow(shown)` is called with { lesson, steps, at, playing, over } whenever something changes. */
export function createCourse(onshow, onproblem) {
  let lesson = null;
  let steps = [];
  let at = 0;
  let playing = false;
  let speed = 'normal';
  let abort = null;
  let frame = 0;
  let owed = 0;
  let last = 0;

  const over = () => lesson !== null && at >= lesson.steps;
  const tell = () => onshow({ lesson, steps, at, playing, over: over() });

  /** Begins with a lesson that has been opened. */
  function open(next) {
    close();
    [lesson, steps, at] = [next, [], 0];
    tell();
  }

  function read() {
    if (abort || steps.length >= lesson.steps) return;
    const mine = new AbortController();
    abort = mine;
    const own = lesson;
    takeLesson(own, (step) => { if (own === lesson) steps.push(step); }, mine.signal).catch((problem) => {
      if (problem.name === 'AbortError') return;
      steps = [];
      at = 0;
      pause();
      onproblem(problem);
    }).finally(() => { if (abort === mine) abort = null; });
  }

  function next(now) {
    if (!playing) return;
    frame = requestAnimationFrame(next);
    owed = Math.min(owed + ((now - last) / 1000) * SPEEDS[speed], SPEEDS[speed]);
    last = now;
    const target = Math.min(at + Math.floor(owed), steps.length);
    if (target === at) return;
    owed -= target - at;
    at = target;
    if (over()) playing = false;
    tell();
  }

  function play() {
    if (!lesson || playing) return;
    if (over()) at = 0;
    read();
    playing = true;
    [owed, last] = [1, performance.now()];
    frame = requestAnimationFrame(next);
    tell();
  }

  function pause() {
    playing = false;
    cancelAnimationFrame(frame);
    tell();
  }

  /** Shows a step that has been taken. */
  function go(step) {
    read();
    at = Math.max(0, Math.min(step, steps.length));
    pause();
  }

  /** Stops everything. */
  function close() {
    playing = false;
    cancelAnimationFrame(frame);
    abort?.abort();
    abort = null;
  }

  return {
    open, play, pause, go, close,
    /** One step forwards, which may have to be taken first. */
    async forward() {
      read();
      pause();
      for (let waits = 0; steps.length <= at && waits < 200; waits += 1) await new Promise((done) => { setTimeout(done, 25); });
      go(at + 1);
    },
    setSpeed(name) { speed = name; },
  };
}
