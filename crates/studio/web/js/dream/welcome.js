// The welcome card over the stage: ways to open a picture.

import { fill, h, icon, iconButton } from '../dom.js';
import { urls } from '../api.js';
import { t } from '../messages.js';
import { toastProblem } from '../toast.js';
import { forget, recent } from './recent.js';

const SHOWN = 6;

/** Creates the card, which is shown while the session's `welcome` is true. */
export function createWelcome(session, actions, pictureInput) {
  const thumbnails = h('ul', { class: 'recent', 'aria-label': t('dream.welcome.recent') });
  const button = (symbol, text, onclick, kind = '') => h('button', { type: 'button', class: `button ${kind}`, onclick }, icon(symbol), text);
  const element = h('div', { class: 'welcome', hidden: true },
    h('div', { class: 'welcome-card' },
      iconButton('close', t('common.close'), () => session.update({ welcome: false }), { class: 'button icon ghost close' }),
      h('h2', null, t('dream.welcome.open')),
      h('p', { class: 'dim' }, t('dream.welcome.drop')),
      h('div', { class: 'ways' },
        button('photo', t('common.choosePicture'), () => pictureInput.pick(), 'primary'),
        h('span', { class: 'for-phones' }, button('camera', t('common.takePhoto'), () => pictureInput.photograph())),
        button('sky', t('dream.welcome.landscape'), () => actions.openLandscape())),
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
    h('button', { type: 'button', 'aria-current': current ? 'true' : null, onclick: open, 'aria-label': t(current ? 'dream.welcome.current' : 'dream.welcome.earlier') },
      h('img', { src: urls.view(id, 320), alt: '', onerror: () => { forget(id); item.remove(); } })));
  return item;
}
