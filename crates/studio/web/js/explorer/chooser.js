/** The start page of the explorer: recent pictures, or a generated landscape. */
import { urls } from '../api.js';
import { fill, h, icon } from '../dom.js';
import { toastProblem } from '../toast.js';
import { explorerPath } from './address.js';

const RECENT = 24;

/** Create the page. */
export function chooser(context) {
  const list = h('ul', { class: 'chooser-pictures', 'aria-label': 'Recent pictures' });
  const sky = h('button', { class: 'button primary', type: 'button', onclick: openLandscape }, icon('sky'), 'Generate a landscape');
  const element = h('div', { class: 'chooser', hidden: true },
    h('h1', {}, 'Explore a network'),
    h('p', { class: 'dim' }, 'Choose a picture, drop one anywhere, or generate a landscape, to see how each layer of the network responds to it.'),
    h('div', { class: 'chooser-buttons' }, sky, h('a', { class: 'button', href: '/dream' }, icon('photo'), 'Open a photo')),
    list);

  async function openLandscape() {
    sky.disabled = true;
    fill(sky, icon('sky'), 'Generating…');
    try {
      const picture = await context.api.post('/api/landscapes', { seed: Math.floor(Math.random() * 1e6), size: 960 });
      context.open(explorerPath({ photo: picture.id }));
    } catch (problem) { toastProblem(problem); }
    sky.disabled = false;
    fill(sky, icon('sky'), 'Generate a landscape');
  }

  /** Show the pictures of recent dreams: each photo once, and its dreams. */
  async function show() {
    element.hidden = false;
    const { dreams } = await context.api.get(`/api/dreams?limit=${RECENT}`);
    const pictures = new Map();
    for (const dream of dreams) {
      // Dreams are named after their photo.
      pictures.set(dream.photo, { name: dream.name, ratio: dream.width / dream.height });
      pictures.set(dream.picture, { name: `${dream.name}, dreamed`, ratio: dream.width / dream.height });
    }
    fill(list, [...pictures].map(([id, { name, ratio }]) => h('li', {},
      h('a', { href: explorerPath({ photo: id }), 'aria-label': name, vars: { ratio } }, h('img', { loading: 'lazy', src: urls.view(id, 320), alt: '' })))));
  }

  return { element, show };
}
