// What a person can do in the dream view.

import { toast, toastProblem } from '../toast.js';
import { createTimeline } from './history.js';
import { createOpening } from './opening.js';
import { isGrowing, nameOf, randomSeed } from './session.js';

/** Options that belong to a filter's network and do not go along to another filter. */
const OF_THE_FILTER = ['model', 'objective', 'layer', 'channels', 'channel', 'octave'];

/** Makes the actions; each changes the session or tells what went wrong in a toast. */
export function createActions(session, { api, events, state }) {
  const timeline = createTimeline(session, state);
  const opening = createOpening(session, { api, state }, timeline);
  let submitting = false;

  async function dream() {
    if (!session.photo) return;
    if (session.problem) {
      toastProblem(session.problem);
      return;
    }
    if (submitting) return;
    submitting = true;
    try {
      const job = await submit(session.photo, session.parent, session.places);
      timeline.amend();
      if (isGrowing(session.job)) toast(`${nameOf(session.look)} is in the queue`);
      else await watch(job, { dream: null, octave: null, peek: false, welcome: false });
    } catch (problem) {
      toastProblem(problem);
    } finally {
      submitting = false;
    }
  }

  function submit(photo, parent, places) {
    const { look, size } = session;
    const name = photo.name.replace(/\.\w{2,5}$/, '');
    return api.post('/api/jobs', { photo: photo.id, name, look, places, ...(size && { size }), ...(parent && { parent }) });
  }

  /** Brings further pictures and puts a dream of each into the queue. */
  async function queueAll(files) {
    let queued = 0;
    for (const file of files) {
      try {
        const picture = await api.upload(file, file.name);
        await submit(picture, null, {});
        queued += 1;
      } catch (problem) {
        toast(`${file.name}: ${problem.detail ?? problem.message}`, { kind: 'error' });
      }
    }
    if (queued) toast(queued === 1 ? 'One picture is in the queue' : `${queued} pictures are in the queue`);
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

  /** Follows the watched job. */
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
      toast('Cancelled');
    } else {
      session.update({ job });
    }
  }

  /** Makes what is seen the photo: filters in series. */
  async function again() {
    const { dream: from, strength, octave } = session;
    try {
      const picture = await api.post(`/api/dreams/${from.id}/picture`, { strength, ...(octave && { octave }) });
      opening.openPicture(picture, { parent: from.id, keepPlaces: true });
      toast('The dream is the photo now. Choose a filter, and dream again.');
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

  /** Takes another filter. What steers it otherwise stays, as far as it does not belong to the filter before. */
  function chooseFilter(preset) {
    const kept = Object.entries(session.look.options).filter(([name]) => !OF_THE_FILTER.includes(name));
    session.update({ look: { preset, options: Object.fromEntries(kept) }, welcome: false });
  }

  /** Watches a job from now on. It may be done before its number is known here. */
  async function watch(job, patch = {}) {
    session.update({ job, ...patch });
    await catchUp();
  }

  /** Looks what has become of the watched job. */
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

  const takeQueue = ({ paused }) => session.update({ paused });
  const lookAtQueue = () => api.get('/api/jobs').then(takeQueue, toastProblem);
  lookAtQueue();
  events.on('queue', takeQueue);
  events.on('reset', lookAtQueue);
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
    rollDice: () => session.setOption('seed', String(randomSeed())),
    undo: () => timeline.step(-1),
    redo: () => timeline.step(1),
  };
}
