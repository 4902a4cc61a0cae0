/** The star of a favourite. */
import { h, icon } from '../dom.js';

/** A button that tells whether a dream is a favourite: `set(yes)`. */
export function starButton(className, onclick) {
  const element = h('button', { class: className, type: 'button', 'aria-label': 'Favourite', title: 'Favourite', onclick });
  const set = (yes) => {
    element.setAttribute('aria-pressed', String(yes));
    element.replaceChildren(icon(yes ? 'star-filled' : 'star'));
  };
  return { element, set };
}
