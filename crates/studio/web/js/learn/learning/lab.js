// The lesson, live: what the network is shown, the pictures of this step with its answers, the curves, its first kernels.

import { fill, h, icon } from '../../dom.js';
import { t } from '../../messages.js';
import { toastProblem } from '../../toast.js';
import { SPEEDS, createCourse } from './course.js';
import { createCurves } from './curves.js';
import { kernelRow } from './kernels.js';
import { openLesson } from './lesson.js';
import { namedBy, shareRight, smoothed } from './numbers.js';
import { answeredPicture } from './pictures.js';

/** Pictures of a step. */
const BATCH = 16;

/** Creates the lab. `onend(lesson, last step)` is called when a lesson has been shown to its end. */
export function createLab(onend) {
  const course = createCourse(draw, toastProblem);
  const pictures = Array.from({ length: BATCH }, answeredPicture);
  const batch = h('ul', { class: 'lesson-batch', 'aria-label': t('learn.learning.batch.name') }, pictures.map(({ element }) => element));
  const score = h('p', { class: 'lesson-score' });
  const curves = createCurves();
  const kernels = kernelRow();
  const play = h('button', { type: 'button', class: 'button primary', onclick: () => (state.playing ? course.pause() : course.play()) });
  const place = h('input', { type: 'range', class: 'slider', min: 0, max: 1, value: 0, 'aria-label': t('learn.learning.place'), oninput: () => course.go(Number(place.value)) });
  const count = h('output', { class: 'lesson-count', role: 'status' });
  const speeds = h('fieldset', { class: 'tabs lesson-speeds', 'aria-label': t('learn.learning.speed.name') }, Object.keys(SPEEDS).map((name) => h('label', null,
    h('input', { type: 'radio', name: 'lesson-speed', value: name, checked: name === 'normal', onchange: () => course.setSpeed(name) }), h('span', null, t(`learn.learning.speed.${name}`)))));
  const waiting = h('p', { class: 'lesson-waiting dim', role: 'status' });
  const board = h('div', { class: 'lesson-board', hidden: true },
    h('div', { class: 'lesson-now' }, h('p', { class: 'label' }, t('learn.learning.batch.name')), batch, score),
    h('div', { class: 'lesson-course' }, curves.element, kernels.element));
  const controls = h('div', { class: 'lesson-controls', role: 'group', 'aria-label': t('learn.learning.controls'), hidden: true },
    play,
    h('button', { type: 'button', class: 'button icon', 'aria-label': t('learn.learning.back'), title: t('learn.learning.back'), onclick: () => course.go(state.at - 1) }, icon('chevron-left')),
    h('button', { type: 'button', class: 'button icon', 'aria-label': t('learn.learning.forward'), title: t('learn.learning.forward'), onclick: () => course.forward() }, icon('chevron-right')),
    place, count, speeds);
  const element = h('div', { class: 'lesson-lab' }, waiting, board, controls);
  let state = { lesson: null, steps: [], at: 0, playing: false, over: false };
  let opening = null;
  let ended = null;

  /** Opens a lesson; if it is open already it stays where it is. */
  async function open(query) {
    if (opening?.query === query) return;
    opening?.abort.abort();
    const mine = { query, abort: new AbortController() };
    opening = mine;
    course.close();
    element.setAttribute('aria-busy', 'true');
    waiting.textContent = t('learn.learning.drawing');
    try {
      const lesson = await openLesson(query, mine.abort.signal);
      if (opening !== mine) return;
      ended = null;
      course.open(lesson);
    } catch (problem) {
      if (problem.name === 'AbortError') return;
      opening = null;
      toastProblem(problem);
    }
    if (opening === mine || !opening) {
      waiting.textContent = '';
      element.removeAttribute('aria-busy');
    }
  }

  function draw(next) {
    state = next;
    const { lesson, steps, at, playing, over } = state;
    board.hidden = controls.hidden = !lesson;
    if (!lesson) return;
    const step = steps[Math.max(at, 1) - 1];
    fill(play, icon(playing ? 'pause' : over ? 'reset' : 'play'), t(`learn.learning.${playing ? 'pause' : over ? 'again' : at ? 'go' : 'start'}`));
    place.max = lesson.steps;
    place.value = at;
    place.style.setProperty('--fill', `${(100 * at) / lesson.steps}%`);
    count.textContent = t('learn.learning.step', { n: at, all: lesson.steps });
    showBatch(lesson, step, at);
    const taken = steps.slice(0, at);
    curves.show(pointsOf(lesson, taken), lesson.steps);
    const first = steps[0]?.kernels;
    const latest = taken.findLast(({ kernels: known }) => known)?.kernels ?? first;
    kernels.element.hidden = !first;
    if (first) kernels.show(latest, first);
    if (over && ended !== lesson) {
      ended = lesson;
      onend(lesson, steps.at(-1));
    }
  }

  /** Before the first step: the first pictures of each class, which the network has not seen. */
  function showBatch(lesson, step, at) {
    const seen = at && step ? step.seen : null;
    batch.classList.toggle('unseen', !seen);
    pictures.forEach((one, n) => {
      const number = seen ? seen[n][0] : n % lesson.training.length;
      const picture = lesson.training[number];
      one.show(lesson, number, picture, seen ? seen[n][1] : picture.label === 0 ? 1 : 0);
    });
    if (!seen) {
      score.textContent = t('learn.learning.batch.before');
      return;
    }
    const right = seen.filter(([number, answer]) => namedBy(answer) === lesson.training[number].label).length;
    score.textContent = t('learn.learning.batch.score', { n: right, all: seen.length });
  }

  function pointsOf(lesson, steps) {
    const shares = smoothed(steps.map(({ seen }) => seen.filter(([number, answer]) => namedBy(answer) === lesson.training[number].label).length / seen.length));
    return steps.map(({ step, tested }, at) => ({ step, learned: shares[at], unseen: tested ? shareRight(lesson.held_out, tested) : null }));
  }

  return { element, open, pause: () => course.pause(), close: () => course.close() };
}
