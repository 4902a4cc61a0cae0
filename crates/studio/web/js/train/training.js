// One training: its classes, its settings, and its run.

import { h, icon, iconButton } from '../dom.js';
import { t } from '../messages.js';
import { toastProblem } from '../toast.js';
import { ask } from './ask.js';
import { classList } from './classes.js';
import { nameField } from './name-field.js';
import { resultDisplay } from './result.js';
import { runDisplay } from './run.js';
import { trainingSettings } from './settings.js';
import { createStore } from './store.js';
import { createUploads } from './uploads.js';

const narrow = matchMedia('(max-width: 860px)');

/** Creates the page of a training. `zone(element, take)` makes an element take drops. */
export function trainingPage(context, zone) {
  const { api, state } = context;
  const store = createStore(context, { changed: draw, ran: drawRun });
  const uploads = createUploads(api, {
    arrived: (training, kind, { picture }) => store.add(training, kind, picture),
    drawn: () => store.training && classes.show(store.training),
    ended: (training) => { if (training === store.training?.id) store.refresh(); },
  });
  const name = nameField({ label: t('train.training.name'), className: 'name-field training-name', save: (text) => store.change(api.patch(store.path(), { name: text })) });
  const classes = classList(context, store, uploads, zone);
  const settings = trainingSettings(context, store);
  const run = runDisplay(context, store);
  const result = resultDisplay(context, store);

  /** The id of the job that is being stopped. */
  let stopping = null;

  const train = h('button', { type: 'button', class: 'button primary', id: 'train-button', 'aria-describedby': 'train-why', onclick: start });
  const stop = h('button', { type: 'button', class: 'button', onclick: () => cancel(true) }, icon('stop'), h('span', null, t('train.training.stop')));
  const discard = h('button', { type: 'button', class: 'button ghost', onclick: () => cancel(false) }, t('common.cancel'));
  const why = h('p', { class: 'train-why', id: 'train-why', role: 'status' });
  const failure = h('p', { class: 'train-failure', role: 'status' });
  const remove = iconButton('trash', t('train.training.remove'), drop, { class: 'button icon ghost' });
  const begin = h('div', { class: 'training-start card' }, h('div', { class: 'training-buttons' }, train, stop, discard), why);
  const tips = drawTips();
  const panel = h('section', { class: 'training-panel', 'aria-label': t('train.training.title') },
    begin,
    failure, result.element, run.element, settings.element, tips);
  const body = h('div', { class: 'training-body' }, classes.element, panel);
  const element = h('div', { class: 'train-section training', hidden: true },
    h('header', { class: 'training-head' },
      h('a', { class: 'button icon ghost', href: '/train', 'aria-label': t('train.training.all'), title: t('train.training.all') }, icon('chevron-left')),
      h('h1', { class: 'visually-hidden' }, t('train.training.title')), name.input, remove),
    body, run.spoken,
    h('p', { class: 'train-drop-hint', 'aria-hidden': 'true' }, t('train.training.drop')));
  zone(element, classes.take);

  function draw(training) {
    name.show(training.name);
    classes.show(training);
    settings.show(training);
    remove.hidden = Boolean(training.job);
    drawRun();
  }

  function drawRun() {
    const { training } = store;
    run.show(training.run);
    result.show(training);
    failure.textContent = store.failure ?? '';
    failure.hidden = !store.failure;
    drawButtons(training);
    placePanel(training);
  }

  /** On a phone, a run and its result come before the classes. */
  function placePanel({ job, run: last }) {
    const isFirst = narrow.matches && Boolean(job || last?.result);
    if (isFirst === (body.firstElementChild === panel)) return;
    const focused = panel.contains(document.activeElement) ? document.activeElement : null;
    body[isFirst ? 'prepend' : 'append'](panel);
    focused?.focus({ preventScroll: true });
  }
  narrow.addEventListener('change', () => store.training && placePanel(store.training));

  function drawButtons({ job, ready, stopped, changed, run: last }) {
    const isDone = Boolean(last?.result) && !stopped && !changed;
    begin.hidden = isDone && !job;
    tips.hidden = Boolean(job || last);
    train.hidden = Boolean(job);
    train.setAttribute('aria-disabled', String(Boolean(ready)));
    const what = stopped && !changed ? 'goOn' : last?.result || stopped ? 'again' : 'train';
    if (train.dataset.what !== what) {
      train.dataset.what = what;
      train.replaceChildren(icon(what === 'goOn' ? 'play' : 'train'), t(`train.training.${what}`));
    }
    stop.hidden = !job || last?.stage === 'waiting';
    discard.hidden = !job || last?.stage !== 'waiting';
    const isStopping = Boolean(job) && stopping === job.id;
    stop.setAttribute('aria-disabled', String(isStopping));
    stop.lastChild.textContent = t(isStopping ? 'train.training.stopping' : 'train.training.stop');
    why.textContent = isStopping ? t('train.training.finishing') : explain({ job, ready, stopped, changed, last, paused: store.paused });
  }

  async function start() {
    const { training } = store;
    if (training.ready) { context.toast(training.ready); return; }
    train.disabled = true;
    try {
      if (!training.photo && state.photo) await api.patch(store.path(), { photo: state.photo.id });
      await api.post(store.path('/start'));
      await store.refresh();
      panel.scrollIntoView({ block: 'start' });
      stop.focus({ preventScroll: true });
    } catch (problem) {
      toastProblem(problem);
    }
    train.disabled = false;
  }

  async function cancel(keep) {
    const { id } = store.training.job;
    if (stopping === id) return;
    stopping = id;
    drawButtons(store.training);
    try {
      await api.post(`/api/jobs/${id}/cancel`, { keep });
    } catch (problem) {
      stopping = null;
      toastProblem(problem);
    }
    await store.refresh();
  }

  async function drop() {
    const { training } = store;
    if (!await ask(t('train.training.askDelete', { name: training.name }), t('train.training.askDeleteAbout'), t('common.delete'))) return;
    try {
      await api.delete(store.path());
      context.toast(t('train.training.deleted', { name: training.name }));
      context.open('/train', { replace: true });
    } catch (problem) {
      toastProblem(problem);
    }
  }

  return {
    element,
    /** Shows a training. */
    show: (id) => store.open(id),
    /** Puts the cursor into the name of the first class. */
    focus: () => classes.focus(),
    /** Adds dropped files to the classes. */
    take: classes.take,
    addTo: (kind, files) => uploads.add(store.training.id, kind, files),
    hide: () => store.close(),
    get training() { return store.training; },
  };
}

/** What makes good classes. */
function drawTips() {
  return h('div', { class: 'training-tips' }, h('h2', null, t('train.training.tips')), h('ul', null,
    h('li', null, t('train.training.tipMany')),
    h('li', null, t('train.training.tipDifferent')),
    h('li', null, t('train.training.tipSofa'))));
}

/** What can be done now, next to the button. */
function explain({ job, ready, stopped, changed, last, paused }) {
  if (job && last && last.stage !== 'waiting') return t('train.training.keeps');
  if (job) return t(paused ? 'train.training.paused' : 'train.training.othersFirst');
  if (ready) return ready;
  if (stopped && !changed) return t('train.training.stopped');
  if (last?.result) return t('train.training.changed');
  return t('train.training.takes');
}
