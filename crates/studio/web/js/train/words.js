// Trainings in words.

import { t } from '../messages.js';

const ORDER = ['pictures', 'first', 'learning', 'dreaming'];

/** Whether a run is unfinished. */
export const isRunning = (run) => Boolean(run) && ['waiting', ...ORDER].includes(run.stage);

/** What a run does now. */
export function stageText(run, isDrawn) {
  return t(`train.stages.${run.stage === 'pictures' && isDrawn ? 'drawing' : run.stage}`);
}

/** The share of each stage that is done, with its share of the time: [{ weight, share, isNow }]. */
export function stageShares({ stage, done }) {
  const at = ORDER.indexOf(stage);
  const weights = { pictures: 1, first: 1, learning: 5, dreaming: 1 };
  return ORDER.map((name, index) => ({ weight: weights[name], share: at < 0 ? 0 : index < at ? 1 : index === at ? done : 0, isNow: index === at }));
}

/** The share of the whole run that is done. */
export function doneOf(run) {
  const shares = stageShares(run);
  return shares.reduce((sum, { weight, share }) => sum + weight * share, 0) / shares.reduce((sum, { weight }) => sum + weight, 0);
}

/** How many of the held-out pictures are named right. */
export function accuracyText({ confusion, pictures }) {
  const right = confusion.reduce((sum, row, at) => sum + row[at], 0);
  const all = confusion.flat().reduce((sum, count) => sum + count, 0) || pictures;
  return t('train.accuracy', { right, all });
}

/** "97 %" */
export const percent = (share) => t('common.percent', { n: Math.round(share * 100) });

/** "a, b, c, …" */
export const listed = (names, most = 3) => `${names.slice(0, most).join(', ')}${names.length > most ? ', …' : ''}`;

/** The state of a training in a few words. */
export function stateText({ run, job, ready, stopped }) {
  if (job && isRunning(run)) return run.stage === 'waiting' ? t('train.states.waiting') : t('train.states.training', { share: percent(doneOf(run)) });
  if (job) return t('train.states.waiting');
  if (stopped) return t('train.states.stopped');
  if (run?.result) return t('train.states.trained', { share: percent(run.result.accuracy) });
  return t(ready ? 'train.states.needsMore' : 'train.states.ready');
}
