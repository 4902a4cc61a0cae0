/** The parts of ordinary pictures that excite a channel most, as small pictures. */
import { fill, h, iconButton } from '../dom.js';
import { t } from '../messages.js';
import { channelsPath } from './address.js';

const SVG = 'http://www.w3.org/2000/svg';
/** The width of the frame around a receptive field, as a part of what is shown. */
const LINE = 0.012;

function svg(name, attributes, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** What a built-in picture shows, in words: its file's name. */
const words = ({ name }) => name.replaceAll('-', ' ');

/** Draws a rectangle { x, y, width, height } of a built-in picture; `frame` is drawn into it. */
export function cutout(patch, { x, y, width, height }, { frame = null, label = '' } = {}) {
  const drawn = svg('svg', { viewBox: `${x} ${y} ${width} ${height}`, class: 'cutout', ...(label ? { role: 'img', 'aria-label': label } : { 'aria-hidden': 'true' }) },
    svg('image', { href: `/api/ordinary/${patch.picture}`, width: patch.width, height: patch.height, preserveAspectRatio: 'none' }));
  if (frame) {
    const line = Math.max(width, height) * LINE;
    const rectangle = { x: frame.x, y: frame.y, width: frame.width, height: frame.height, fill: 'none' };
    drawn.append(svg('rect', { ...rectangle, stroke: '#000', 'stroke-width': line * 2 }), svg('rect', { ...rectangle, stroke: '#fff', 'stroke-width': line }));
  }
  return drawn;
}

/** Fetches the patches of a channel, the strongest first: { pictures, patches } of how many pictures. */
export const patchesOf = (api, shown, channel) => api.get(`${channelsPath(shown)}/${channel}/patches`);

/** Shows a whole picture, and in it what the spot sees. */
function showWhole(patch) {
  const dialog = h('dialog', { class: 'dialog patch-dialog', 'aria-label': t('explorer.patches.whole', { name: words(patch) }) },
    h('header', {}, h('h2', {}, words(patch)), iconButton('close', t('explorer.patches.close'), () => dialog.close(), { class: 'button icon ghost' })),
    cutout(patch, { x: 0, y: 0, width: patch.width, height: patch.height }, { frame: patch.field, label: t('explorer.patches.whole', { name: words(patch) }) }),
    h('p', { class: 'dim small' }, t('explorer.patches.field', { width: patch.field.width, height: patch.field.height })));
  dialog.addEventListener('close', () => dialog.remove());
  dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });
  document.body.append(dialog);
  dialog.showModal();
}

/** A list of patches, each a button that shows the whole picture. `load()` shows those of a channel and returns the studio's answer. */
export function patchGrid(api) {
  const element = h('ul', { class: 'patches', 'aria-label': t('explorer.patches.list') });
  let turn = 0;

  async function load(shown, channel, most = 9) {
    turn += 1;
    const mine = turn;
    fill(element, Array.from({ length: most }, () => h('li', { class: 'skeleton' })));
    const answer = await patchesOf(api, shown, channel);
    if (mine === turn) show(answer.patches.slice(0, most));
    return answer;
  }

  function show(patches) {
    fill(element, patches.map((patch) => h('li', {}, h('button', {
      type: 'button', class: 'patch', title: words(patch), 'aria-label': t('explorer.patches.part', { name: words(patch) }), onclick: () => showWhole(patch),
    }, cutout(patch, patch.window)))));
  }

  return { element, load };
}
