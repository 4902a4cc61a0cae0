// The list of chapters beside each of them, and the first page, which presents them.

import { h, icon } from '../dom.js';
import { t } from '../messages.js';
import { CHAPTERS } from './chapters.js';
import { isDone } from './progress.js';

const title = ({ name }) => t(`learn.${name}.title`);
const address = ({ name }) => `/learn/${name}`;

/** The list of chapters: { element, mark(chapter), refresh() }. */
export function contents() {
  const links = new Map(CHAPTERS.map((chapter, at) => [chapter, h('a', { href: address(chapter) },
    h('span', { class: 'learn-number', 'aria-hidden': 'true' }, String(at + 1)), h('span', null, title(chapter)),
    h('span', { class: 'learn-done', hidden: true }, icon('check'), h('span', { class: 'visually-hidden' }, t('learn.done'))))]));
  const element = h('nav', { class: 'learn-contents', 'aria-label': t('learn.chapters') },
    h('a', { class: 'learn-home', href: '/learn' }, t('learn.title')), h('ol', null, [...links.values()].map((link) => h('li', null, link))));
  const refresh = () => links.forEach((link, { name }) => { link.lastChild.hidden = !isDone(name); });
  return {
    element,
    refresh,
    mark(chapter) {
      refresh();
      links.forEach((link, one) => {
        if (one === chapter) link.setAttribute('aria-current', 'page');
        else link.removeAttribute('aria-current');
      });
      links.get(chapter)?.scrollIntoView?.({ block: 'nearest', inline: 'center' });
    },
  };
}

/** The first page. */
export function overview() {
  return {
    element: h('div', { class: 'learn-overview' },
      h('header', { class: 'learn-head' }, h('h1', null, t('learn.title')), h('p', { class: 'learn-lead' }, t('learn.lead'))),
      h('ol', { class: 'learn-cards' }, CHAPTERS.map((chapter, at) => h('li', null,
        h('a', { class: 'card learn-card', href: address(chapter) },
          h('span', { class: 'learn-number', 'aria-hidden': 'true' }, String(at + 1)),
          h('strong', null, title(chapter)), h('span', { class: 'dim' }, t(`learn.${chapter.name}.question`))))))),
  };
}
