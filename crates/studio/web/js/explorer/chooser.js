/** When there is no photo yet: what was dreamed lately, or a sky. */
import { urls } from '../api.js';
import { fill, h, icon } from '../dom.js';
import { toastProblem } from '../toast.js';
import { explorerPath } from './address.js';

const RECENT = 24;

/** Make the page. */
export function chooser(context) {
  const list = h('ul', { class: 'chooser-pictures', 'aria-label': 'Recent pictures' });
  const sky = h('button', { class: 'button primary', type: 'button', onclick: takeSky }, icon('sky'), 'Take a sky');
  const element = h('div', { class: 'chooser', hidden: true },
    h('h1', {}, 'Look into a network'),
    h('p', { class: 'dim' }, 'Choose a picture, drop one anywhere, or take a sky. You will see what each layer of the network makes of it.'),
    h('div', { class: 'chooser-buttons' }, sky, h('a', { class: 'button', href: '/dream' }, icon('photo'), 'Open a photo')),
    list);

  async function takeSky() {
    sky.disabled = true;
    fill(sky, icon('sky'), 'Drawing a sky…');
    try {
      const picture = await context.api.post('/api/skies', { seed: Math.floor(Math.random() * 1e6), size: 960 });
      context.open(explorerPath({ photo: picture.id }));
    } catch (problem) { toastProblem(problem); }
    sky.disabled = false;
    fill(sky, icon('sky'), 'Take a sky');
  }

  /** Show the pictures of the latest dreams: each photo once, and its dreams. */
  async function show() {
    element.hidden = false;
    const { dreams } = await context.api.get(`/api/dreams?limit=${RECENT}`);
    const pictures = new Map();
    for (const dream of dreams) {
      // The first dream of a photo is called after it.
      pictures.set(dream.photo, { name: dream.name, ratio: dream.width / dream.height });
      pictures.set(dream.picture, { name: `${dream.name}, dreamed`, ratio: dream.width / dream.height });
    }
    fill(list, [...pictures].map(([id, { name, ratio }]) => h('li', {},
      h('a', { href: explorerPath({ photo: id }), 'aria-label': name, vars: { ratio } }, h('img', { loading: 'lazy', src: urls.view(id, 320), alt: '' })))));
  }

  return { element, show };
}
