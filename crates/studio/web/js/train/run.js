// A run: its stage, its live dream, its curves, and what it gets wrong.

import { urls } from '../api.js';
import { firstLookOf } from '../catalogue.js';
import { fill, h, setVars } from '../dom.js';
import { duration } from '../dream/progress.js';
import { t } from '../messages.js';
import { curves } from './curves.js';
import { mistakeList } from './mistakes.js';
import { doneOf, isRunning, percent, stageShares, stageText } from './words.js';

/** Creates the display of the run of a store. */
export function runDisplay(context, store) {
  const stage = h('strong');
  const left = h('span', { class: 'dim' });
  const spoken = h('p', { class: 'visually-hidden', role: 'status' });
  const bars = h('div', { class: 'octaves', role: 'progressbar', 'aria-label': t('train.run.label'), 'aria-valuemin': 0, 'aria-valuemax': 100 },
    stageShares({}).map(({ weight }) => h('span', { class: 'bar', vars: { weight } })));
  const first = h('p', { class: 'dim small' });
  const image = h('img', { alt: t('train.run.dreamsNow') });
  const caption = h('figcaption');
  const dream = h('figure', { class: 'run-dream', hidden: true }, image, caption);
  const lines = curves();
  const mistakes = mistakeList(t('train.run.wrongNow'));
  const wrong = h('div', { class: 'run-wrong' }, h('h3', null, t('train.run.wrongNow')), mistakes.element);
  const progress = h('div', { class: 'run-progress' }, h('p', { class: 'run-stage' }, stage, left), bars, first);
  const element = h('div', { class: 'run', hidden: true }, progress, dream, lines.element, wrong);
  let said = null;
  let loading = null;

  /** Shows a run. */
  function show(run) {
    const running = isRunning(run) && Boolean(store.training.job);
    element.hidden = !run || (!running && !run.losses.length);
    if (!run) return;
    progress.hidden = !running;
    showProgress(run);
    showDream(run, running);
    lines.show(run);
    wrong.hidden = !running || !run.wrong.length;
    if (!wrong.hidden) mistakes.show(run.wrong);
    say(run);
  }

  function showProgress(run) {
    const words = stageText(run, store.training.classes.every(({ drawn }) => drawn));
    const done = doneOf(run);
    fill(stage, words);
    fill(left, run.stage === 'learning' ? t('train.run.step', { step: run.step, steps: run.steps }) : '', run.seconds_left === null ? '' : t('train.run.left', { time: duration(run.seconds_left) }));
    stageShares(run).forEach(({ share, isNow }, at) => {
      setVars(bars.children[at], { share });
      bars.children[at].classList.toggle('is-now', isNow);
    });
    bars.setAttribute('aria-valuenow', Math.round(done * 100));
    bars.setAttribute('aria-valuetext', t('train.run.value', { stage: words, share: percent(done) }));
    first.hidden = run.first === null || run.stage === 'pictures';
    if (!first.hidden) showFirst(run.first);
  }

  /** Shows what the first look gave: a quick network, which can be tried while the other one learns. */
  function showFirst(accuracy) {
    const quick = firstLookOf(store.training.name);
    const isThere = context.catalogue.models.some(({ name }) => name === quick);
    const key = `${quick} ${accuracy} ${isThere}`;
    if (first.dataset.key === key) return;
    first.dataset.key = key;
    fill(first, t('train.run.firstLook', { share: percent(accuracy) }),
      isThere && h('a', { href: `/train?network=${encodeURIComponent(quick)}` }, t('train.run.tryFirst')));
  }

  /** Shows the newest small dream once it is loaded; the one before stays until then. */
  function showDream(run, running) {
    const source = running && run.frame !== null && store.job ? urls.frame(store.job.id, run.frame) : null;
    if (!running) dream.hidden = true;
    if (!source || loading) return;
    if (image.getAttribute('src') === source) { dream.hidden = false; return; }
    loading = new Image();
    const ready = () => {
      if (loading.naturalWidth) {
        image.src = source;
        dream.hidden = !isRunning(store.training?.run);
        caption.textContent = t('train.run.dreamsAfter', { step: run.step });
      }
      loading = null;
    };
    loading.onload = loading.onerror = ready;
    loading.src = source;
  }

  /** Tells a screen reader of each new stage. */
  function say(run) {
    const key = `${store.training.id} ${run.stage}`;
    if (said !== null && said !== key) spoken.textContent = run.result ? '' : stageText(run, false);
    said = key;
  }

  return { element, spoken, show };
}
