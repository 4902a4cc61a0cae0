// The settings chosen last, for the next time the page is opened.

const KEY = 'oneiric.settings';

/** What was kept: the photo's id, look and places; or nothing. */
export function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

/** Keeps what the session has. */
export function keep({ photo, look, places }) {
  if (photo) localStorage.setItem(KEY, JSON.stringify({ photo: photo.id, look, places }));
}
