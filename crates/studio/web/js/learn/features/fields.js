// What each layer sees at a spot of the photo, as the studio computes it.

import { MODEL } from './picks.js';

/**
 * Follows a spot: `look(photo, spot)` asks the studio, and `onanswer(fields)` gets { width, height, layers }, the sizes in pixels
 * of the photo as the network sees it. While an answer is on its way, only the newest spot waits.
 */
export function fieldsAt(api, onanswer) {
  let asking = false;
  let waiting = null;

  async function look(photo, spot) {
    waiting = { photo, spot };
    if (asking) return;
    asking = true;
    try {
      while (waiting) {
        const { photo: id, spot: { x, y } } = waiting;
        waiting = null;
        onanswer(await api.get(`/api/receptive-fields/${id}/${MODEL}?x=${x}&y=${y}`));
      }
    } finally {
      asking = false;
    }
  }

  return look;
}
