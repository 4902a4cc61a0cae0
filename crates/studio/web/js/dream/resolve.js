// Asks the server to resolve a look: to the values of all options, or to a problem.

import { debounce } from '../dom.js';

const PAUSE = 250;

/** Keeps `settings` and `problem` of the session up to date with its look. A problem that was found since the last change stays. */
export function resolveLooks(session, api) {
  const ask = debounce(PAUSE, async ({ look, places, problem: before }) => {
    try {
      const { settings } = await api.get(`/api/settings?look=${encodeURIComponent(JSON.stringify(look))}&guided=${Boolean(places.guide)}`);
      if (look === session.look) session.update({ settings, ...(session.problem === before && { problem: null }) });
    } catch (problem) {
      if (look === session.look && problem.status === 422) session.update({ problem });
    }
  });
  session.watch(['look', 'places', 'size', 'photo'], ({ look, places, problem }) => ask({ look, places, problem }));
}
