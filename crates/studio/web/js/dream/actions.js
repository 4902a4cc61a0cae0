// What a person can do in the dream view.

import { toast, toastProblem } from '../toast.js';
import { forget, recent, remember } from './recent.js';
import { History } from './history.js';
import { randomSeed } from './session.js';

const OVER = ['done', 'failed', 'cancelled'];

/** Options that belong to a filter's network and do not go along to another filter. */
const OF_THE_FILTER = ['model', 'objective', 'layer', 'channels', 'channel', 'octave'];

/** Makes the actions; each changes the session or tells what went wrong in a toast. */
export function createActions(session, { api, events, state }) {
  const history = new History();

  const remembering = () => session.update({ canUndo: history.canUndo, canRedo: history.canRedo });

  function commit() {
    const { photo, parent, look, places, layers, size, dream, strength } = session;
    history.push({ photo, parent, look, places, layers, size, dream, strength, octave: null });
    remembering();
  }

  /** Back from a job that gave no dream, to what was there. */
  function drop() {
    session.update({ job: null, dream: history.now?.dream ?? null, octave: null, peek: false });
  }

  function restore(moment) {
    session.update({ ...moment, job: null, octave: null, peek: false });
    state.set({ photo: moment.photo });
    remembering();
  }

  /** Makes a picture the photo. Where things were painted on the one before does not matter any more. */
  function openPicture(picture, { look, places, size, parent = null, keepPlaces = false, welcome = false } = {}) {
    leaveJob();
    session.update({
      photo: picture,
      parent,
      look: look ?? session.look,
      places: places ?? (keepPlaces ? session.places : {}),
      layers: keepPlaces ? session.layers : [],
      size: size === undefined ? session.size : size,
      job: null, dream: null, octave: null, strength: 1, peek: false, welcome, painting: false,
    });
    remember(picture.id);
    state.set({ photo: picture });
    commit();
  }

  function leaveJob() {
    if (session.job && !OVER.includes(session.job.state)) {
      toast(`The dream of ${session.job.name} goes on in the queue`);
    }
  }

  /** Opens a picture that was brought, with the settings that Oneiric wrote into it. */
  function openBrought(picture) {
    const made = picture.made_by;
    if (!made) {
      openPicture(picture);
      return;
    }
    const before = { look: session.look, size: session.size };
    openPicture(picture, { look: made.look, places: made.places ?? {}, size: made.size ?? session.size });
    toast('Settings of this dream are back', {
      action: 'Drop them',
      onAction: () => session.update({ ...before, places: {}, layers: [] }),
    });
  }

  async function bring(file) {
    try {
      openBrought(await api.upload(file, file.name || 'pasted picture'));
      return true;
    } catch (problem) {
      toastProblem(problem);
      return false;
    }
  }

  async function takeSky() {
    try {
      openPicture(await api.post('/api/skies', { seed: randomSeed() }));
    } catch (problem) {
      toastProblem(problem);
    }
  }

  /** The first thing to see: the photo used last, or a sky; unless a picture was brought meanwhile. */
  async function begin() {
    session.update({ welcome: true });
    const picture = await lastUsed() ?? await api.post('/api/skies', { seed: randomSeed() });
    if (!session.photo) openPicture(picture, { welcome: true });
  }

  async function lastUsed() {
    for (const id of recent()) {
      try {
        return await api.get(`/api/pictures/${id}`);
      } catch (problem) {
        if (problem.status !== 404) throw problem;
        forget(id);
      }
    }
    return null;
  }

  async function openId(id, settings) {
    openPicture(await api.get(`/api/pictures/${id}`), settings);
  }

  async function openDream(id) {
    const dream = await api.get(`/api/dreams/${id}`);
    const photo = await api.get(`/api/pictures/${dream.photo}`);
    const { look, places, size } = dream;
    openPicture(photo, { look, places, size, parent: dream.parent });
    showDream(dream);
  }

  function showDream(dream) {
    session.update({ dream, job: null, octave: null, strength: 1, peek: false, welcome: false });
    commit();
  }

  /** Finds a job again after the page was loaded anew. */
  async function resume(id) {
    const job = await api.get(`/api/jobs/${id}`);
    if (job.dream) {
      await openDream(job.dream);
      return;
    }
    const { look, places, size, parent } = job;
    await openId(job.photo, { look, places, size, parent });
    if (job.state !== 'cancelled') session.update({ job });
  }

  async function dream() {
    if (!session.photo) return;
    if (session.problem) {
      toastProblem(session.problem);
      return;
    }
    const watched = session.job && !OVER.includes(session.job.state);
    try {
      const job = await submit(session.photo, session.parent, session.places);
      const { look, places, layers, size, strength } = session;
      history.amend({ look, places, layers, size, strength });
      if (watched) toast('Added to the queue');
      else session.update({ job, dream: null, octave: null, peek: false, welcome: false });
    } catch (problem) {
      toastProblem(problem);
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
      drop();
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
      session.update({ job: await api.post(`/api/jobs/${session.job.id}/again`) });
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
        if (job.id === session.job?.id) showDream(finished);
      } catch (problem) {
        toastProblem(problem);
      }
    } else if (job.state === 'cancelled') {
      drop();
      toast('Cancelled');
    } else {
      session.update({ job });
    }
  }

  /** Makes what is seen the photo: filters in series. */
  async function again() {
    const { dream: from, strength, octave } = session;
    try {
      const picture = strength === 1 && !octave
        ? await api.get(`/api/pictures/${from.picture}`)
        : await mixed(from, strength, octave);
      openPicture(picture, { parent: from.id, keepPlaces: true });
    } catch (problem) {
      toastProblem(problem);
    }
  }

  async function mixed(from, strength, octave) {
    const path = octave ? `/api/dreams/${from.id}/octaves/${octave}` : `/api/dreams/${from.id}/file?format=png&strength=${strength}`;
    const response = await fetch(path);
    if (!response.ok) throw new Error('The dream could not be fetched');
    return api.upload(await response.blob(), `${from.name}.png`);
  }

  async function branch() {
    const { dream: from, octave } = session;
    try {
      session.update({ job: await api.post(`/api/dreams/${from.id}/branch`, { octave }), dream: null, octave: null });
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

  function step(by) {
    const possible = by < 0 ? history.canUndo : history.canRedo;
    const running = session.job && !OVER.includes(session.job.state);
    if (!possible || running) return;
    restore(history.step(by));
  }

  events.on('job', follow);
  events.on('reset', async () => {
    if (session.job) await api.get(`/api/jobs/${session.job.id}`).then(follow, toastProblem);
  });
  events.on('dream', (changed) => {
    if (changed.id === session.dream?.id && !changed.deleted) session.update({ dream: changed });
  });

  return {
    begin, bring, takeSky, openId, openDream, openPicture, resume, dream, queueAll, cancel, retry, again, branch, favourite,
    chooseFilter, rollDice: () => session.setOption('seed', String(randomSeed())), undo: () => step(-1), redo: () => step(1),
  };
}
