/** A job in the queue: its picture, progress and actions. */
import { urls } from '../api.js';
import { fill, h, icon, iconButton, uniqueId } from '../dom.js';
import { duration, filterName } from '../gallery/describe.js';
import { t } from '../messages.js';

const THUMBNAIL = 160;

const isTraining = (job) => job.kind === 'training';

/** What is made: a dream with its filter, or a network. */
const nameOf = (job) => (isTraining(job) ? t('queue.job.training', { name: job.name }) : job.name);

function filterOf({ kind, look: { preset, options } }) {
  if (kind === 'training') return t('queue.job.network');
  return preset ?? (options?.more ? [options.more].flat().join(', ') : options?.model ?? filterName('custom'));
}

/** Where a running job is shown. */
const watchPath = (job) => (isTraining(job) ? `/train?id=${job.training}` : `/dream?photo=${job.photo}&job=${job.id}`);

/** The progress of a running job as text. */
function progressText({ kind, progress: { octave, octaves, iteration, iterations, seconds_left: left } }) {
  const [key, keyWithTime] = kind === 'training' ? ['queue.job.step', 'queue.job.stepLeft'] : ['queue.job.octave', 'queue.job.octaveLeft'];
  const values = { octave, octaves, iteration, iterations };
  return left === null ? t(key, values) : t(keyWithTime, { ...values, time: duration(left) });
}

/** A running job: large, with the newest frame. */
export function runningJob(job, actions) {
  const frame = h('img', { alt: '' });
  const bar = h('div', { class: 'bar', role: 'progressbar', 'aria-label': t(isTraining(job) ? 'queue.job.trainingProgress' : 'queue.job.progress', { name: job.name }), 'aria-valuemin': 0, 'aria-valuemax': 100 });
  const status = h('p', { class: 'queue-status' });
  const element = h('li', { class: 'queue-running' },
    h('a', { class: 'queue-frame', href: watchPath(job), 'aria-label': t(isTraining(job) ? 'queue.job.watchTraining' : 'queue.job.watch', { name: job.name }) }, frame),
    h('div', { class: 'queue-names' }, h('strong', {}, nameOf(job)), h('span', {}, filterOf(job))),
    bar, status,
    h('div', { class: 'queue-buttons' },
      h('button', { class: 'button small', type: 'button', onclick: () => actions.cancel(job, true) }, icon('check'), t('common.stopAndKeep')),
      h('button', { class: 'button ghost small', type: 'button', onclick: () => actions.cancel(job, false) }, icon('close'), t('common.cancel'))));
  const update = (now) => {
    const source = now.frame ? urls.frame(now.id, now.frame) : urls.view(now.photo, 640);
    if (frame.getAttribute('src') !== source) frame.src = source;
    const done = now.progress?.done ?? 0;
    bar.style.setProperty('--share', done);
    bar.setAttribute('aria-valuenow', Math.round(done * 100));
    status.textContent = now.progress ? progressText(now) : t('queue.job.starting');
  };
  update(job);
  return { element, update };
}

/** A waiting job, which can be moved and cancelled. */
export function queuedJob(job, actions) {
  const name = h('strong', { id: uniqueId('job') }, nameOf(job));
  const tool = (symbol, label, onclick) => iconButton(symbol, label, onclick, { class: 'button icon ghost small', 'aria-describedby': name.id });
  const up = tool('chevron-up', t('queue.job.up'), () => actions.shift(job, -1));
  const down = tool('chevron-down', t('queue.job.down'), () => actions.shift(job, 1));
  const element = h('li', { class: 'queue-item', draggable: true, dataset: { job: job.id } },
    h('span', { class: 'queue-handle', 'aria-hidden': 'true' }, icon('drag')),
    thumbnail(urls.view(job.photo, THUMBNAIL)),
    h('div', { class: 'queue-names' }, name, h('span', {}, filterOf(job))),
    h('div', { class: 'queue-tools' }, up, down, tool('close', t('common.cancel'), () => actions.cancel(job, false))));
  const update = (_, { first, last }) => {
    up.setAttribute('aria-disabled', String(first));
    down.setAttribute('aria-disabled', String(last));
  };
  return { element, update };
}

/** A finished job: done, failed with a reason, or cancelled. */
export function endedJob(job, actions) {
  const again = () => h('button', { class: 'button ghost small', type: 'button', onclick: () => actions.again(job) }, icon('refresh'), t('queue.job.again'));
  const link = (href) => h('a', { class: 'button ghost small', href, onclick: actions.close }, t('queue.job.open'));
  const open = () => (isTraining(job) ? link(watchPath(job)) : job.state === 'done' ? job.dream && link(`/gallery?dream=${job.dream}`) : again());
  const image = thumbnail(job.dream ? urls.dream(job.dream, THUMBNAIL) : urls.view(job.photo, THUMBNAIL));
  const element = h('li', { class: `queue-item ${job.state}` }, image,
    h('div', { class: 'queue-names' }, h('strong', {}, nameOf(job)), h('span', {}),
      job.problem && h('p', { class: 'queue-problem' }, job.problem.detail)),
    h('div', { class: 'queue-tools' }, open()));
  fill(element.querySelector('.queue-names span'), endText(job));
  return { element, update: () => {} };
}

/** How a job ended. */
function endText(job) {
  const filter = filterOf(job);
  if (job.state !== 'done') return t(`queue.job.${job.state}`, { filter });
  return job.started && job.finished ? t('queue.job.took', { filter, time: duration((job.finished - job.started) / 1000) }) : filter;
}

/** A thumbnail; empty if its picture no longer exists. */
function thumbnail(source) {
  const image = h('img', { class: 'queue-thumbnail', loading: 'lazy', alt: '', src: source });
  image.addEventListener('error', () => image.removeAttribute('src'), { once: true });
  return image;
}
