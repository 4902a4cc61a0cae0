// The progress of the running dream, in the bar below the stage.

import { fill, h, icon, setVars } from '../dom.js';

/** Creates the progress display, which is hidden while no job is watched. */
export function createProgress(session, actions) {
  const text = h('p', { class: 'progress-text' });
  const spoken = h('p', { class: 'visually-hidden', role: 'status' });
  const octaves = h('div', { class: 'octaves', role: 'progressbar', 'aria-label': 'Progress of the dream', 'aria-valuemin': 0, 'aria-valuemax': 100 });
  const buttons = h('div', { class: 'buttons' });
  const element = h('div', { class: 'progress', hidden: true }, h('div', { class: 'line' }, text, buttons), octaves);

  const keep = h('button', { type: 'button', class: 'button small', onclick: () => actions.cancel(true) }, icon('stop'), 'Stop and keep');
  const cancel = h('button', { type: 'button', class: 'button small ghost', onclick: () => actions.cancel(false) }, 'Cancel');
  const retry = h('button', { type: 'button', class: 'button small', onclick: () => actions.retry() }, icon('refresh'), 'Try again');
  const close = h('button', { type: 'button', class: 'button small ghost', onclick: () => actions.cancel(false) }, 'Close');

  const resume = h('button', { type: 'button', class: 'button small', onclick: () => actions.resumeQueue() }, icon('play'), 'Resume');

  let octave = 0;
  let state = null;
  let before = null;
  const say = (words) => { spoken.textContent = words; };

  session.watch(['job', 'dream', 'paused'], ({ job, dream, paused }, changed) => {
    element.hidden = !job;
    if (!job) {
      if (state && dream && dream !== before) say('The dream is done');
      [octave, state, before] = [0, null, dream];
      return;
    }
    if (job.state !== state || changed.includes('paused')) {
      state = job.state;
      element.classList.toggle('has-failed', state === 'failed');
      fill(buttons, { running: [keep, cancel], queued: [paused && resume, cancel], failed: [retry, close] }[state]);
    }
    text.textContent = describe(job, paused);
    const { progress } = job;
    octaves.hidden = state !== 'running';
    draw(octaves, progress);
    if (progress && progress.octave !== octave) {
      octave = progress.octave;
      say(`Octave ${progress.octave} of ${progress.octaves}`);
    } else if (state === 'failed') {
      say(describe(job, paused));
    }
  });
  return [element, spoken];
}

function describe(job, paused) {
  const { progress } = job;
  if (job.state === 'failed') return job.problem?.detail ?? 'The dream failed';
  if (job.state === 'queued') return paused ? 'The queue is paused' : 'Waiting in the queue';
  if (!progress) return 'Starting';
  const left = progress.seconds_left === null ? '' : ` · ${duration(progress.seconds_left)} left`;
  return `Octave ${progress.octave} of ${progress.octaves}${left}`;
}

/** A time in words, rounded up. */
export function duration(seconds) {
  if (seconds < 90) return `${Math.max(1, Math.ceil(seconds))} s`;
  return `${Math.ceil(seconds / 60)} min`;
}

/** One segment for each octave. Larger octaves get wider segments because they take longer. */
function draw(element, progress) {
  element.setAttribute('aria-valuenow', Math.round((progress?.done ?? 0) * 100));
  const count = progress?.octaves ?? 1;
  if (element.children.length !== count) {
    fill(element, Array.from({ length: count }, (_, at) => h('span', { class: 'bar', vars: { weight: 1.35 ** at } })));
  }
  [...element.children].forEach((segment, at) => setVars(segment, { share: shareOf(progress, at + 1) }));
}

function shareOf(progress, octave) {
  if (!progress || octave > progress.octave) return 0;
  return octave < progress.octave ? 1 : progress.iteration / progress.iterations;
}
