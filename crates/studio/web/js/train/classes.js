// The classes of a training: cards, and buttons that add more.

import { h, icon } from '../dom.js';
import { t } from '../messages.js';
import { ask } from './ask.js';
import { classCard } from './class-card.js';
import { byFolder } from './files.js';

/** Creates the list for a store and its uploads. `zone(element, take)` makes an element take drops. */
export function classList({ api, toast }, store, uploads, zone) {
  const cards = new Map();
  const list = h('ul', { class: 'class-list-cards' });
  const ordinary = h('button', { type: 'button', class: 'button', onclick: () => draw(null) }, icon('sky'), t('train.classes.draw'));
  const element = h('section', { class: 'training-classes', 'aria-label': t('train.classes.list') }, list,
    h('div', { class: 'class-more' },
      h('button', { type: 'button', class: 'button', onclick: addEmpty }, icon('plus'), t('train.classes.add')), ordinary),
    h('p', { class: 'dim small class-help' }, t('train.classes.help')));

  const isEmpty = ({ pictures, drawn, id }) => !pictures.length && !drawn && !uploads.of(id);
  const create = (body) => store.change(api.post(store.path('/classes'), body));
  const last = () => store.training.classes.at(-1);

  const actions = {
    rename: ({ id }, name) => store.change(api.patch(store.classPath(id), { name })),
    add: ({ id }, files) => uploads.add(store.training.id, id, files),
    cancel: ({ id }) => uploads.cancel(id),
    draw,
    async remove({ id }, picture) {
      const path = store.classPath(id);
      if (!await store.change(api.post(`${path}/remove`, { pictures: [picture] }))) return;
      toast(t('train.classes.removed'), { action: t('common.undo'), onAction: () => store.change(api.post(`${path}/restore`, { pictures: [picture] })) });
    },
    async drop(kind) {
      const total = kind.pictures.length;
      if (total && !await ask(t('train.classes.askDelete', { name: kind.name }), t('train.classes.askDeleteAbout', { n: total }), t('common.delete'))) return;
      uploads.cancel(kind.id);
      if (await store.change(api.delete(store.classPath(kind.id)))) toast(t('train.classes.deleted', { name: kind.name }));
    },
  };

  async function addEmpty() {
    if (await create({})) focus(last().id);
  }

  /** Adds a class of ordinary pictures, in the place of an empty one. */
  async function draw(instead) {
    const empty = instead ?? (store.training.classes.length > 1 ? store.training.classes.findLast(isEmpty) : null);
    if (await create({ drawn: 'other' }) && empty) await store.change(api.delete(store.classPath(empty.id)));
  }

  /** Takes what is dropped outside the cards: a class for each folder. */
  async function take(found) {
    const { classes, loose } = byFolder(found);
    for (const [name, files] of classes) {
      const kind = await classNamed(name);
      if (kind) actions.add(kind, files);
    }
    if (loose.length && !classes.size) toast(t('train.classes.loose'));
  }

  /** The class of this name: an existing one, an empty one with its new name, or a new one. */
  async function classNamed(name) {
    const same = store.training.classes.find((one) => one.name === name && !one.drawn);
    if (same) return same;
    const empty = store.training.classes.find(isEmpty);
    if (empty) return await actions.rename(empty, name) ? store.training.classes.find(({ id }) => id === empty.id) : null;
    return await create({ name }) ? last() : null;
  }

  /** Shows the classes; a class keeps its card. */
  function show({ classes }) {
    const canDraw = !classes.some(({ drawn }) => drawn);
    for (const [id, card] of cards) {
      if (classes.some((one) => one.id === id)) continue;
      card.element.remove();
      cards.delete(id);
    }
    classes.forEach((kind, at) => {
      if (!cards.has(kind.id)) cards.set(kind.id, makeCard(kind));
      const card = cards.get(kind.id);
      if (list.children[at] !== card.element) list.insertBefore(card.element, list.children[at] ?? null);
      card.update(kind, uploads.of(kind.id), { canDraw });
    });
    ordinary.hidden = !canDraw;
  }

  function makeCard(kind) {
    const card = classCard(kind, actions);
    zone(card.element, (found) => {
      const current = store.training.classes.find(({ id }) => id === kind.id);
      if (current.drawn) toast(t('train.classes.areDrawn'));
      else actions.add(current, found.map(({ file }) => file));
    });
    return card;
  }

  /** Puts the cursor into the name of a class. */
  function focus(id) {
    const name = cards.get(id ?? store.training.classes[0]?.id)?.name;
    name?.focus();
    name?.select();
  }

  return { element, show, take, focus };
}
