/** The favourite button. */
import { h, icon } from '../dom.js';
import { t } from '../messages.js';

/** Create a button that shows whether a dream is a favourite: `set(yes)`. */
export function starButton(className, onclick) {
  const element = h('button', { class: className, type: 'button', 'aria-label': t('common.favourite'), title: t('common.favourite'), onclick });
  const set = (yes) => {
    element.setAttribute('aria-pressed', String(yes));
    element.replaceChildren(icon(yes ? 'star-filled' : 'star'));
  };
  return { element, set };
}
