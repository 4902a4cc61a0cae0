// The welcome card over the stage: ways to open a picture.

import { fill, h, icon, iconButton } from '../dom.js';
import { urls } from '../api.js';
import { toastProblem } from '../toast.js';
import { forget, recent } from './recent.js';

const SHOWN = 6;

/** Creates the card, which is shown while the session's `welcome` is true. */
export function createWelcome(session, actions, pictureInput) {
  const thumbnails = h('ul', { class: 'recent', 'aria-label': 'Recent pictures' });
  const button = (symbol, text, onclick, kind = '') => h('button', { type: 'button', class: `button ${kind}`, onclick }, icon(symbol), text);
  const element = h('div', { class: 'welcome', hidden: true },
    h('div', { class: 'welcome-card' },
      iconButton('close', 'Close', () => session.update({ welcome: false }), { class: 'button icon ghost close' }),
      h('h2', null, 'Open a picture'),
      h('p', { class: 'dim' }, 'Drop or paste it anywhere on this page. It stays on this computer.'),
      h('div', { class: 'ways' },
        button('photo', 'Choose a picture', () => pictureInput.pick(), 'primary'),
        h('span', { class: 'for-phones' }, button('camera', 'Take a photo', () => pictureInput.photograph())),
        button('sky', 'Generate a landscape', () => actions.openLandscape())),
      thumbnails));

  session.watch(['welcome', 'photo'], ({ welcome, photo }) => {
    element.hidden = !welcome;
    if (!welcome) return;
    const ids = recent().slice(0, SHOWN);
    thumbnails.hidden = ids.length < 2;
    fill(thumbnails, ids.map((id) => thumbnail(id, photo?.id === id, session, actions)));
  });
  return element;
}

function thumbnail(id, current, session, actions) {
  const open = () => (current ? session.update({ welcome: false }) : actions.openId(id).catch(toastProblem));
  const item = h('li', null,
    h('button', { type: 'button', 'aria-current': current ? 'true' : null, onclick: open, 'aria-label': current ? 'Current picture' : 'Recent picture' },
      h('img', { src: urls.view(id, 320), alt: '', onerror: () => { forget(id); item.remove(); } })));
  return item;
}
