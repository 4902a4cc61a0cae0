// The ids of recent photos.

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

/** Moves an id to the front. */
export function remember(id) {
  keep([id, ...recent().filter((other) => other !== id)]);
}

/** Removes the id of a picture that no longer exists. */
export function forget(id) {
  keep(recent().filter((other) => other !== id));
}

function keep(ids) {
  localStorage.setItem(KEY, JSON.stringify(ids.slice(0, KEPT)));
}
