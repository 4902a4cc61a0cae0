// One training: fetched, changed, and followed by events.

import { t } from '../messages.js';
import { toast, toastProblem } from '../toast.js';
import { isRunning } from './words.js';

/** Creates the store. `changed(training)` is called after each change; `ran(run)` when only its run has changed. */
export function createStore({ api, events }, { changed, ran }) {
  const store = {
    /** The TrainingView, or null. */
    training: null,
    /** Whether the queue is paused. */
    paused: false,
    /** Why the last run failed. */
    failure: null,
    /** The job of the last run, whose frames can be shown as long as it runs. */
    job: null,

    /** Shows a training. */
    async open(id) {
      if (store.training?.id !== id) {
        store.training = store.job = store.failure = null;
        wanted = id;
      }
      await fetch();
      // Another request may have overtaken this one.
      await newest;
    },

    /** Shows none. */
    close() { store.training = store.job = wanted = null; },

    /** Sends a request that answers with the training. Returns whether it was accepted. */
    async change(request) {
      try {
        take(await request);
        return true;
      } catch (problem) {
        toastProblem(problem);
        return false;
      }
    },

    /** A picture has arrived in a class. */
    add(training, kind, picture) {
      const found = store.training?.id === training && store.training.classes.find(({ id }) => id === kind);
      if (!found || found.pictures.includes(picture)) return;
      found.pictures.push(picture);
      changed(store.training);
    },

    /** Fetches it again. */
    refresh: () => fetch().catch(toastProblem),

    path: (rest = '') => `/api/trainings/${store.training.id}${rest}`,
    classPath: (kind, rest = '') => store.path(`/classes/${kind}${rest}`),
  };
  let wanted = null;
  let turn = 0;
  let newest = null;

  function take(training) {
    if (training.id !== wanted) return;
    store.training = training;
    if (training.job) {
      store.job = training.job;
      store.failure = null;
    }
    changed(training);
  }

  function fetch() {
    newest = load();
    return newest;
  }

  async function load() {
    const id = wanted;
    if (!id) return;
    const mine = (turn += 1);
    const training = await api.get(`/api/trainings/${id}`);
    if (training.job || isRunning(training.run)) await lookAtQueue(id, training);
    // A newer request knows more.
    if (mine === turn) take(training);
  }

  /** Finds out whether the job of a run has to wait, and why a run that did not end has no job. */
  async function lookAtQueue(id, { job }) {
    const { jobs, paused } = await api.get('/api/jobs');
    if (id !== wanted) return;
    store.paused = paused;
    if (job) return;
    const last = jobs.filter(({ training }) => training === id).sort((one, other) => other.finished - one.finished)[0];
    store.failure = last?.problem?.detail ?? null;
  }

  events.on('training', ({ id, run }) => {
    if (id !== store.training?.id) return;
    const before = store.training.run;
    store.training.run = run;
    ran(run);
    if (isRunning(before) !== isRunning(run)) store.refresh();
  });
  events.on('job', (job) => {
    if (job.kind !== 'training' || job.training !== store.training?.id) return;
    const isSame = store.job?.id === job.id && store.job.state === job.state;
    store.job = job;
    if (isSame) return;
    store.failure = job.problem?.detail ?? null;
    if (job.state === 'cancelled') toast(t('train.training.lost'));
    store.refresh();
  });
  events.on('queue', ({ paused }) => {
    store.paused = paused;
    if (store.training) ran(store.training.run);
  });
  events.on('reset', store.refresh);
  return store;
}
