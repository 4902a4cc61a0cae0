// The ids of the photos used last.

const KEY = 'oneiric.recent';
const KEPT = 12;

/** Ids, newest first. */
export function recent() {
  try {
    const ids = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
  } catch {
    return [];
  }
}

/** Puts an id in front. */
export function remember(id) {
  keep([id, ...recent().filter((other) => other !== id)]);
}

/** Takes out an id, of a picture that is no longer there. */
export function forget(id) {
  keep(recent().filter((other) => other !== id));
}

function keep(ids) {
  localStorage.setItem(KEY, JSON.stringify(ids.slice(0, KEPT)));
}
