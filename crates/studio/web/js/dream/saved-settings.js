// Saves the settings for the next visit of the page.

const KEY = 'oneiric.settings';

/** The saved settings: the photo's id, look and places; or an empty object. */
export function savedSettings() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

/** Saves the settings of the session. */
export function saveSettings({ photo, look, places }) {
  if (photo) localStorage.setItem(KEY, JSON.stringify({ photo: photo.id, look, places }));
}
