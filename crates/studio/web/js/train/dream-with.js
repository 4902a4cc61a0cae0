// Opens the dream view with a look.

import { recent } from '../dream/recent.js';
import { toastProblem } from '../toast.js';

/** Opens the dream view with a look on the current photo, the most recent one, or a landscape. */
export async function dreamWith(context, look) {
  try {
    const photo = context.state.photo ?? await latest(context.api) ?? await context.api.post('/api/landscapes', { seed: Math.floor(Math.random() * 1e5) });
    context.open(`/dream?photo=${photo.id}&look=${encodeURIComponent(JSON.stringify(look))}`);
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
