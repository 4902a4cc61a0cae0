// Opening pictures, dreams and jobs.

import { toast, toastProblem } from '../toast.js';
import { forget, recent, remember } from './recent.js';
import { isGrowing, randomSeed } from './session.js';

/** Makes the functions that change what the view is about. */
export function createOpening(session, { api, state }, timeline) {
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
    timeline.commit();
  }

  function leaveJob() {
    if (isGrowing(session.job)) {
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

  let asked = 0;

  /** Waits for what was asked for last; what was asked for before that comes to null. */
  async function newest(promise) {
    asked += 1;
    const mine = asked;
    const value = await promise;
    return mine === asked ? value : null;
  }

  async function bring(file) {
    try {
      const picture = await newest(api.upload(file, file.name || 'pasted picture'));
      if (picture) openBrought(picture);
      return Boolean(picture);
    } catch (problem) {
      toastProblem(problem);
      return false;
    }
  }

  const drawSky = () => api.post('/api/skies', { seed: randomSeed() });

  async function takeSky() {
    try {
      const picture = await newest(drawSky());
      if (picture) openPicture(picture);
    } catch (problem) {
      toastProblem(problem);
    }
  }

  /** The first thing to see: the photo used last, or a sky; unless a picture was brought meanwhile. */
  async function begin() {
    session.update({ welcome: true });
    const picture = await newest(firstPicture());
    if (picture) openPicture(picture, { welcome: true });
  }

  async function firstPicture() {
    for (const id of recent()) {
      try {
        return await api.get(`/api/pictures/${id}`);
      } catch (problem) {
        if (problem.status !== 404) throw problem;
        forget(id);
      }
    }
    return drawSky();
  }

  async function openId(id, settings) {
    const picture = await newest(api.get(`/api/pictures/${id}`));
    if (picture) openPicture(picture, settings);
  }

  async function openDream(id) {
    const found = await newest(dreamAndPhoto(id));
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

  /** Finds a job again after the page was loaded anew. */
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

  return { begin, bring, takeSky, openId, openDream, openPicture, resume, showDream };
}
