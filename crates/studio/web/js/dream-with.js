// Opens a view with the photo that the user works on.

import { recent } from './dream/recent.js';
import { explorerPath } from './explorer/address.js';
import { toastProblem } from './toast.js';

/** Opens the dream view with a look. */
export const dreamWith = (context, look) => withPhoto(context, ({ id }) => `/dream?photo=${id}&look=${encodeURIComponent(JSON.stringify(look))}`);

/** Opens the explorer at a layer. */
export const exploreLayer = (context, model, layer) => withPhoto(context, ({ id }) => explorerPath({ photo: id, model, layer }));

/** Opens an address with the current photo, the most recent one, or a landscape. */
async function withPhoto({ api, state, open }, addressOf) {
  try {
    open(addressOf(state.photo ?? await latest(api) ?? await api.post('/api/landscapes', { seed: Math.floor(Math.random() * 1e5) })));
  } catch (problem) {
    toastProblem(problem);
  }
}

/** The most recent photo, if it still exists. */
async function latest(api) {
  const [id] = recent();
  if (!id) return null;
  return api.get(`/api/pictures/${id}`).catch((problem) => {
    if (problem.status !== 404) throw problem;
    return null;
  });
}
