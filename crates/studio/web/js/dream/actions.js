// The actions of the dream view.

import { t } from '../messages.js';
import { toast, toastProblem, toastWarnings } from '../toast.js';
import { createTimeline } from './history.js';
import { createOpening } from './opening.js';
import { isGrowing, nameOf, randomSeed } from './session.js';

/** Options that belong to the network of a filter and are not kept for another filter. */
const OF_THE_FILTER = ['model', 'objective', 'layer', 'channels', 'channel', 'octave'];

/** Creates the actions. Each changes the session, or shows an error in a toast. `refuse` shows why there is no dream. */
export function createActions(session, { api, events, state }, refuse) {
  const timeline = createTimeline(session, state);
  const opening = createOpening(session, { api, state }, timeline);
  let submitting = false;

  async function dream() {
    if (!session.photo) return;
    if (session.problem) {
      refuse(session.problem);
      return;
    }
    if (submitting) return;
    submitting = true;
    try {
      const job = await submit(session.photo, session.parent, session.places);
      timeline.amend();
      if (isGrowing(session.job)) toast(t('dream.actions.queued', { name: nameOf(session.look) }));
      else await watch(job, { dream: null, octave: null, peek: false, welcome: false });
    } catch (problem) {
      refuse(problem);
    } finally {
      submitting = false;
    }
  }

  function submit(photo, parent, places) {
    const { look, size } = session;
    const name = photo.name.replace(/\.\w{2,5}$/, '');
    return api.post('/api/jobs', { photo: photo.id, name, look, places, ...(size && { size }), ...(parent && { parent }) });
  }

  /** Uploads more pictures and adds a dream of each to the queue. */
  async function queueAll(files) {
    let queued = 0;
    for (const file of files) {
      try {
        const picture = await api.upload(file, file.name);
        toastWarnings(picture);
        await submit(picture, null, {});
        queued += 1;
      } catch (problem) {
        toast(`${file.name}: ${problem.detail ?? problem.message}`, { kind: 'error' });
      }
    }
    if (queued) toast(t('dream.actions.queuedPictures', { n: queued }));
  }

  async function cancel(keep) {
    const { job } = session;
    if (!job) return;
    if (job.state === 'failed') {
      timeline.drop();
      return;
    }
    try {
      await api.post(`/api/jobs/${job.id}/cancel`, { keep });
    } catch (problem) {
      toastProblem(problem);
    }
  }

  async function retry() {
    try {
      await watch(await api.post(`/api/jobs/${session.job.id}/again`));
    } catch (problem) {
      toastProblem(problem);
    }
  }

  /** Updates the session from an event of the watched job. */
  async function follow(job) {
    if (job.id !== session.job?.id) return;
    if (job.state === 'done') {
      try {
        const finished = await api.get(`/api/dreams/${job.dream}`);
        if (job.id === session.job?.id) opening.showDream(finished);
      } catch (problem) {
        toastProblem(problem);
      }
    } else if (job.state === 'cancelled') {
      timeline.drop();
      toast(t('dream.actions.cancelled'));
    } else {
      session.update({ job });
    }
  }

  /** Uses the shown dream as the photo, to apply filters in series. */
  async function again() {
    const { dream: from, strength, octave } = session;
    try {
      const picture = await api.post(`/api/dreams/${from.id}/picture`, { strength, ...(octave && { octave }) });
      opening.openPicture(picture, { parent: from.id, keepPlaces: true });
      toast(t('dream.actions.again'));
    } catch (problem) {
      toastProblem(problem);
    }
  }

  async function branch() {
    const { dream: from, octave } = session;
    try {
      const job = await api.post(`/api/dreams/${from.id}/branch`, { octave });
      const { look, places, size } = job;
      await watch(job, { look, places, layers: [], size, dream: null, octave: null });
    } catch (problem) {
      toastProblem(problem);
    }
  }

  async function favourite() {
    const { dream: shown } = session;
    try {
      const changed = await api.patch(`/api/dreams/${shown.id}`, { favourite: !shown.favourite });
      if (session.dream?.id === changed.id) session.update({ dream: changed });
    } catch (problem) {
      toastProblem(problem);
    }
  }

  /** Chooses the look of another filter or network. Keeps the options that do not belong to the previous filter. */
  function chooseFilter(look) {
    const kept = Object.entries(session.look.options).filter(([name]) => !OF_THE_FILTER.includes(name));
    session.update({ look: { preset: look.preset, options: { ...Object.fromEntries(kept), ...look.options } }, welcome: false });
  }

  /** Watches a job from now on. It may be done before its id arrives here. */
  async function watch(job, patch = {}) {
    session.update({ job, ...patch });
    await catchUp();
  }

  /** Fetches the state of the watched job. */
  async function catchUp() {
    if (session.job) await api.get(`/api/jobs/${session.job.id}`).then(follow, toastProblem);
  }

  async function resumeQueue() {
    try {
      await api.post('/api/queue', { paused: false });
    } catch (problem) {
      toastProblem(problem);
    }
  }

  const updateQueue = ({ paused }) => session.update({ paused });
  const fetchQueue = () => api.get('/api/jobs').then(updateQueue, toastProblem);
  fetchQueue();
  events.on('queue', updateQueue);
  events.on('reset', fetchQueue);
  events.on('job', follow);
  events.on('reset', catchUp);
  events.on('dream', (changed) => {
    if (changed.id === session.dream?.id && !changed.deleted) session.update({ dream: changed });
  });

  return {
    ...opening,
    async resume(id) {
      await opening.resume(id);
      await catchUp();
    },
    dream, queueAll, cancel, retry, resumeQueue, again, branch, favourite, chooseFilter,
    newSeed: () => session.setOption('seed', String(randomSeed())),
    undo: () => timeline.step(-1),
    redo: () => timeline.step(1),
  };
}
