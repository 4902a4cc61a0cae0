// Opens pictures, dreams and jobs.

import { t } from '../messages.js';
import { toast, toastProblem, toastWarnings } from '../toast.js';
import { forget, recent, remember } from './recent.js';
import { isGrowing, randomSeed } from './session.js';

/** Creates the functions that change what the view shows. */
export function createOpening(session, { api, state }, timeline) {
  /** Opens a picture as the photo. Masks that were painted on the previous photo are dropped. */
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
    timeline.commit();
  }

  function leaveJob() {
    if (isGrowing(session.job)) {
      toast(t('dream.opening.continues', { name: session.job.name }));
    }
  }

  /** Opens an uploaded picture, with the settings of its recipe if it has one. */
  function openUploaded(picture) {
    toastWarnings(picture);
    const made = picture.made_by;
    if (!made) {
      openPicture(picture);
      return;
    }
    const before = { look: session.look, size: session.size };
    openPicture(picture, { look: made.look, places: made.places ?? {}, size: made.size ?? session.size });
    toast(t('dream.opening.restored'), {
      action: t('common.undo'),
      onAction: () => session.update({ ...before, places: {}, layers: [] }),
    });
  }

  let latest = new AbortController();

  /** Waits for what `ask(signal)` promises; returns null if a newer one was started meanwhile, which ends this one. */
  async function newest(ask) {
    latest.abort();
    const mine = new AbortController();
    latest = mine;
    try {
      const value = await ask(mine.signal);
      return mine === latest ? value : null;
    } catch (problem) {
      if (mine === latest) throw problem;
      return null;
    }
  }

  async function openFile(file) {
    try {
      const picture = await newest((signal) => api.upload(file, file.name || t('dream.opening.pasted'), { signal }));
      if (picture) openUploaded(picture);
      return Boolean(picture);
    } catch (problem) {
      toastProblem(problem);
      return false;
    }
  }

  const generateLandscape = (signal) => api.post('/api/landscapes', { seed: randomSeed() }, { signal });

  async function openLandscape() {
    try {
      const picture = await newest(generateLandscape);
      if (picture) openPicture(picture);
    } catch (problem) {
      toastProblem(problem);
    }
  }

  /** Opens the most recent photo, or a generated landscape, unless a picture was opened meanwhile. */
  async function begin() {
    session.update({ welcome: true });
    const picture = await newest(firstPicture);
    if (picture) openPicture(picture, { welcome: true });
  }

  async function firstPicture(signal) {
    for (const id of recent()) {
      try {
        return await api.get(`/api/pictures/${id}`);
      } catch (problem) {
        if (problem.status !== 404) throw problem;
        forget(id);
      }
    }
    return generateLandscape(signal);
  }

  async function openId(id, settings) {
    const picture = await newest(() => api.get(`/api/pictures/${id}`));
    if (picture) openPicture(picture, settings);
  }

  async function openDream(id) {
    const found = await newest(() => dreamAndPhoto(id));
    if (!found) return;
    const { dream, photo } = found;
    const { look, places, size, parent } = dream;
    openPicture(photo, { look, places, size, parent });
    showDream(dream);
  }

  async function dreamAndPhoto(id) {
    const dream = await api.get(`/api/dreams/${id}`);
    return { dream, photo: await api.get(`/api/pictures/${dream.photo}`) };
  }

  function showDream(dream) {
    session.update({ dream, job: null, octave: null, strength: 1, peek: false, welcome: false });
    timeline.commit();
  }

  /** Opens a job again after the page was reloaded. */
  async function resume(id) {
    const job = await api.get(`/api/jobs/${id}`);
    if (job.dream) {
      await openDream(job.dream);
      return;
    }
    const { look, places, size, parent } = job;
    await openId(job.photo, { look, places, size, parent });
    if (job.state !== 'cancelled' && session.photo?.id === job.photo) session.update({ job });
  }

  return { begin, openFile, openLandscape, openId, openDream, openPicture, resume, showDream };
}
