// Uploads pictures into classes: a few at a time, with progress.

import { t } from '../messages.js';
import { toast, toastProblem } from '../toast.js';
import { listed } from './words.js';

const PARALLEL = 3;
/** The answers to non-pictures and to files that are too large. */
const UNREADABLE = [400, 413, 415, 422];

/** Creates the uploads. `arrived(training, class, answer)` is called for each picture, `drawn()` after each change,
 *  `ended(training)` when a class has all of its pictures. */
export function createUploads(api, { arrived, drawn, ended }) {
  const batches = new Map();
  let waiting = [];
  let running = 0;

  /** Adds files to a class. */
  function add(training, kind, files) {
    if (!batches.has(kind)) batches.set(kind, { training, kind, total: 0, done: 0, known: 0, failed: [], reason: null });
    const batch = batches.get(kind);
    batch.total += files.length;
    waiting.push(...files.map((file) => ({ batch, file })));
    drawn();
    next();
  }

  function next() {
    while (running < PARALLEL && waiting.length) {
      running += 1;
      send(waiting.shift());
    }
  }

  async function send({ batch, file }) {
    const { training, kind } = batch;
    try {
      const answer = await api.send(`/api/trainings/${training}/classes/${kind}/pictures?name=${encodeURIComponent(file.name)}`, file);
      if (answer.known) batch.known += 1;
      else arrived(training, kind, answer);
    } catch (problem) {
      if (UNREADABLE.includes(problem.status)) {
        batch.failed.push(file.name);
        batch.reason = problem.detail;
      } else if (batches.has(kind) && !batch.isLost) {
        // Others would not arrive either.
        batch.isLost = true;
        toastProblem(problem);
        cancel(kind);
      }
    }
    running -= 1;
    batch.done += 1;
    if (batch.done >= batch.total) end(batch);
    drawn();
    next();
  }

  function end(batch) {
    if (batches.get(batch.kind) !== batch) return;
    batches.delete(batch.kind);
    const { failed, known, total, reason } = batch;
    if (failed.length === 1 && total === 1) toast(`${failed[0]}: ${reason}`, { kind: 'error' });
    else if (failed.length) toast(t('train.uploads.failed', { n: failed.length, names: listed(failed) }), { kind: 'error' });
    if (known) toast(known === total ? t('train.uploads.allKnown') : t('train.uploads.known', { n: known }));
    ended(batch.training);
  }

  /** Forgets the pictures of a class that wait. */
  function cancel(kind) {
    const batch = batches.get(kind);
    if (!batch) return;
    const before = waiting.length;
    waiting = waiting.filter((one) => one.batch !== batch);
    batch.total -= before - waiting.length;
    if (batch.done >= batch.total) end(batch);
    drawn();
  }

  return { add, cancel, of: (kind) => batches.get(kind) ?? null };
}
