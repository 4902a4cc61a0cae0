// The visitor's photo, which all chapters use: the one of the dream view, the latest one, or a drawn landscape.

import { api as http, urls } from '../api.js';
import { recent, remember } from '../dream/recent.js';
import { loadPicture } from '../dream/pictures.js';
import { h, icon } from '../dom.js';
import { t } from '../messages.js';
import { toastProblem } from '../toast.js';

/** The landscape that is drawn for a visitor without a photo. */
const LANDSCAPE = { seed: 7, size: 960 };

async function latest() {
  for (const id of recent()) {
    const picture = await http.get(`/api/pictures/${id}`).catch((problem) => {
      if (problem.status !== 404) throw problem;
    });
    if (picture) return picture;
  }
  return http.post('/api/landscapes', LANDSCAPE);
}

let looking = null;

/** Makes sure that there is a photo: the one with this id if it is given, otherwise the current one. Returns it. */
export async function needPhoto({ state }, id = null) {
  if (id && state.photo?.id !== id) state.set({ photo: await http.get(`/api/pictures/${id}`) });
  if (!state.photo) {
    looking ??= latest().finally(() => { looking = null; });
    const photo = await looking;
    if (!state.photo) state.set({ photo });
  }
  return state.photo;
}

/** Draws a photo to a canvas whose longer side is at most `side` pixels; returns its ImageData. */
export async function pixelsOf(photo, side) {
  const image = await loadPicture(urls.view(photo.id, side));
  const share = Math.min(1, side / Math.max(image.naturalWidth, image.naturalHeight));
  const canvas = h('canvas', { width: Math.max(1, Math.round(image.naturalWidth * share)), height: Math.max(1, Math.round(image.naturalHeight * share)) });
  const drawing = canvas.getContext('2d', { willReadFrequently: true });
  drawing.imageSmoothingQuality = 'high';
  // What is transparent is white.
  drawing.fillStyle = '#fff';
  drawing.fillRect(0, 0, canvas.width, canvas.height);
  drawing.drawImage(image, 0, 0, canvas.width, canvas.height);
  return drawing.getImageData(0, 0, canvas.width, canvas.height);
}

/** A button to choose another photo, and one for another landscape. */
export function otherPhoto({ state }) {
  const open = async (promise) => {
    element.setAttribute('aria-busy', 'true');
    try {
      const photo = await promise;
      remember(photo.id);
      state.set({ photo });
    } catch (problem) {
      toastProblem(problem);
    }
    element.removeAttribute('aria-busy');
  };
  const chooser = h('input', { type: 'file', accept: 'image/*,.jxl', hidden: true, 'aria-label': t('learn.photo.other'), onchange: () => {
    const [file] = chooser.files;
    if (file) open(http.upload(file, file.name));
    chooser.value = '';
  } });
  const element = h('div', { class: 'learn-photo' }, chooser,
    h('button', { type: 'button', class: 'button small', onclick: () => chooser.click() }, icon('photo'), t('learn.photo.other')),
    h('button', { type: 'button', class: 'button small ghost', onclick: () => open(http.post('/api/landscapes', { ...LANDSCAPE, seed: Math.floor(Math.random() * 1e6) })) },
      icon('sky'), t('learn.photo.landscape')));
  return element;
}
