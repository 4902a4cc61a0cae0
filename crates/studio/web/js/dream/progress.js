// The progress of the running dream, in the bar below the stage.

import { fill, h, icon, setVars } from '../dom.js';
import { t } from '../messages.js';

/** Creates the progress display, which is hidden while no job is watched. */
export function createProgress(session, actions) {
  const text = h('p', { class: 'progress-text' });
  const spoken = h('p', { class: 'visually-hidden', role: 'status' });
  const octaves = h('div', { class: 'octaves', role: 'progressbar', 'aria-label': t('dream.progress.label'), 'aria-valuemin': 0, 'aria-valuemax': 100 });
  const buttons = h('div', { class: 'buttons' });
  const element = h('div', { class: 'progress', hidden: true }, h('div', { class: 'line' }, text, buttons), octaves);

  const keep = h('button', { type: 'button', class: 'button small', onclick: () => actions.cancel(true) }, icon('stop'), t('common.stopAndKeep'));
  const cancel = h('button', { type: 'button', class: 'button small ghost', onclick: () => actions.cancel(false) }, t('common.cancel'));
  const retry = h('button', { type: 'button', class: 'button small', onclick: () => actions.retry() }, icon('refresh'), t('common.tryAgain'));
  const close = h('button', { type: 'button', class: 'button small ghost', onclick: () => actions.cancel(false) }, t('common.close'));

  const resume = h('button', { type: 'button', class: 'button small', onclick: () => actions.resumeQueue() }, icon('play'), t('common.resume'));

  let octave = 0;
  let state = null;
  let before = null;
  const say = (words) => { spoken.textContent = words; };

  session.watch(['job', 'dream', 'paused'], ({ job, dream, paused }, changed) => {
    element.hidden = !job;
    if (!job) {
      if (state && dream && dream !== before) say(t('dream.progress.done'));
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
      say(t('dream.progress.octave', progress));
    } else if (state === 'failed') {
      say(describe(job, paused));
    }
  });
  return [element, spoken];
}

function describe(job, paused) {
  const { progress } = job;
  if (job.state === 'failed') return job.problem?.detail ?? t('dream.progress.failed');
  if (job.state === 'queued') return t(paused ? 'dream.progress.paused' : 'dream.progress.waiting');
  if (!progress) return t('common.starting');
  const { octave, octaves, seconds_left: left } = progress;
  return left === null ? t('dream.progress.octave', { octave, octaves }) : t('dream.progress.octaveLeft', { octave, octaves, time: duration(left) });
}

/** A time in words, rounded up. */
export function duration(seconds) {
  if (seconds < 90) return t('common.seconds', { n: Math.max(1, Math.ceil(seconds)) });
  return t('common.minutes', { n: Math.ceil(seconds / 60) });
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
