// A class of a training: its name and its pictures.

import { fill, h, icon, iconButton, setVars } from '../dom.js';
import { t } from '../messages.js';
import { openBurst } from './burst.js';
import { chosenFiles } from './files.js';
import { nameField } from './name-field.js';
import { pictureList } from './pictures.js';

/** Creates the card. `actions`: rename(class, name), add(class, files), cancel(class), remove(class, picture), drop(class), draw(class). */
export function classCard(shown, actions) {
  let now = shown;
  const name = nameField({ label: t('train.classes.name'), className: 'name-field class-name', save: (text) => actions.rename(now, text) });
  const count = h('p', { class: 'class-count' });
  const warning = h('p', { class: 'class-warning' });
  const pictures = pictureList((picture) => actions.remove(now, picture));
  const bar = h('div', { class: 'bar', role: 'progressbar', 'aria-label': t('train.classes.adding'), 'aria-valuemin': 0 });
  const uploaded = h('span');
  const progress = h('div', { class: 'class-progress', hidden: true },
    bar, h('div', { class: 'class-progress-line' }, uploaded, h('button', { type: 'button', class: 'button ghost small', onclick: () => actions.cancel(now) }, t('common.cancel'))));

  const input = (props) => h('input', { type: 'file', hidden: true, multiple: true, onchange: ({ target }) => {
    actions.add(now, chosenFiles(target).map(({ file }) => file));
    target.value = '';
  }, ...props });
  const files = input({ accept: 'image/*,.jxl', 'aria-label': t('train.classes.addPictures') });
  const folder = input({ webkitdirectory: true, 'aria-label': t('train.classes.addFolder') });
  const tools = h('div', { class: 'class-tools' },
    h('button', { type: 'button', class: 'button small', onclick: () => files.click() }, icon('plus'), t('train.classes.addPicturesButton')),
    h('button', { type: 'button', class: 'button small', onclick: () => openBurst(now.name, (file) => actions.add(now, [file])) }, icon('camera'), t('train.classes.cameraButton')),
    h('button', { type: 'button', class: 'button ghost small', onclick: () => folder.click() }, icon('folder'), t('train.classes.addFolderButton')));
  const ordinary = h('button', { type: 'button', class: 'button ghost small', onclick: () => actions.draw(now) }, icon('sky'), t('train.classes.drawInstead'));
  const foot = h('div', { class: 'class-foot' }, tools, ordinary);
  const empty = h('div', { class: 'class-empty' }, icon('photo'), h('p', { class: 'for-mice' }, t('train.classes.dropHere')), h('p', { class: 'for-fingers' }, t('train.classes.noPictures')));
  const drawn = h('p', { class: 'class-drawn' });
  const element = h('li', { class: 'card class-card', dataset: { kind: shown.id } },
    h('header', null, name.input, count, iconButton('trash', t('train.classes.delete'), () => actions.drop(now), { class: 'button icon ghost small' })),
    warning, drawn, empty, pictures.element, progress, foot, files, folder);

  /** Shows the class; `batch` are its uploads, or null. */
  function update(next, batch, { canDraw }) {
    now = next;
    const total = now.pictures.length;
    name.show(now.name);
    element.setAttribute('aria-label', now.name);
    count.textContent = now.drawn ? '' : total ? t('train.picture', { n: total }) : '';
    warning.textContent = now.warning ? `${now.warning[0].toUpperCase()}${now.warning.slice(1)}` : '';
    warning.hidden = !now.warning;
    drawn.hidden = !now.drawn;
    if (now.drawn) fill(drawn, icon('brush'), t('train.classes.drawn', { n: now.drawn.count }));
    empty.hidden = Boolean(now.drawn || total || batch);
    pictures.element.hidden = Boolean(now.drawn) || !total;
    if (!now.drawn) pictures.show(now.name, now.pictures);
    foot.hidden = Boolean(now.drawn);
    ordinary.hidden = Boolean(now.drawn || total || batch) || !canDraw;
    progress.hidden = !batch;
    if (!batch) return;
    setVars(bar, { share: batch.done / batch.total });
    bar.setAttribute('aria-valuemax', batch.total);
    bar.setAttribute('aria-valuenow', batch.done);
    uploaded.textContent = t('train.classes.progress', { done: batch.done, total: batch.total });
  }

  return { element, name: name.input, update };
}
