/** The start page of the explorer: recent pictures, or a generated landscape. */
import { urls } from '../api.js';
import { fill, h, icon } from '../dom.js';
import { t } from '../messages.js';
import { toastProblem } from '../toast.js';
import { explorerPath } from './address.js';

const RECENT = 24;

/** Create the page. */
export function chooser(context) {
  const list = h('ul', { class: 'chooser-pictures', 'aria-label': t('explorer.chooser.recent') });
  const sky = h('button', { class: 'button primary', type: 'button', onclick: openLandscape }, icon('sky'), t('explorer.chooser.landscape'));
  const element = h('div', { class: 'chooser', hidden: true },
    h('h1', {}, t('explorer.chooser.title')),
    h('p', { class: 'dim' }, t('explorer.chooser.lead')),
    h('div', { class: 'chooser-buttons' }, sky, h('a', { class: 'button', href: '/dream' }, icon('photo'), t('explorer.chooser.open'))),
    list);

  async function openLandscape() {
    sky.disabled = true;
    fill(sky, icon('sky'), t('explorer.chooser.generating'));
    try {
      const picture = await context.api.post('/api/landscapes', { seed: Math.floor(Math.random() * 1e6), size: 960 });
      context.open(explorerPath({ photo: picture.id }));
    } catch (problem) { toastProblem(problem); }
    sky.disabled = false;
    fill(sky, icon('sky'), t('explorer.chooser.landscape'));
  }

  /** Show the pictures of recent dreams: each photo once, and its dreams. */
  async function show() {
    element.hidden = false;
    const { dreams } = await context.api.get(`/api/dreams?limit=${RECENT}`);
    const pictures = new Map();
    for (const dream of dreams) {
      // Dreams are named after their photo.
      pictures.set(dream.photo, { name: dream.name, ratio: dream.width / dream.height });
      pictures.set(dream.picture, { name: t('explorer.chooser.dreamed', { name: dream.name }), ratio: dream.width / dream.height });
    }
    fill(list, [...pictures].map(([id, { name, ratio }]) => h('li', {},
      h('a', { href: explorerPath({ photo: id }), 'aria-label': name, vars: { ratio } }, h('img', { loading: 'lazy', src: urls.view(id, 320), alt: '' })))));
  }

  return { element, show };
}
