// The frame of a chapter: its head, its sections, two questions at the end, and the way to the next one.

import { h, icon } from '../dom.js';
import { rich, t, texts } from '../messages.js';
import { CHAPTERS } from './chapters.js';
import { finish } from './progress.js';
import { questions } from './questions.js';

/**
 * Loads a chapter: { element, show?, hide? }. Its module's `build(context)` returns { sections, end?, show?(params), hide?() }; `end`
 * follows the questions, `hide` stops what runs. Its texts are under `learn.NAME` in the messages: `title`, `question`, `ask` (its two questions, see questions.js).
 */
export async function chapterPage(chapter, context, refresh) {
  const { build } = await chapter.load();
  const { sections, end, show, hide } = build(context);
  const key = `learn.${chapter.name}`;
  const at = CHAPTERS.indexOf(chapter);
  const next = CHAPTERS[at + 1];
  const answered = () => {
    finish(chapter.name);
    refresh();
  };
  const element = h('article', { class: `learn-chapter learn-${chapter.name}` },
    h('header', { class: 'learn-head' },
      h('p', { class: 'learn-eyebrow' }, t('learn.chapter', { n: at + 1 })),
      h('h1', null, t(`${key}.title`)), h('p', { class: 'learn-lead' }, t(`${key}.question`))),
    sections,
    texts(`${key}.ask`) && questions(`${key}.ask`, answered),
    end,
    next && h('a', { class: 'button primary learn-next', href: `/learn/${next.name}` },
      t('learn.next', { title: t(`learn.${next.name}.title`) }), icon('chevron-right')));
  return { element, show, hide };
}

/**
 * A section with the texts of a key: `title`, and `text`, a list of paragraphs. Children follow the paragraphs; `values` are put
 * in the texts.
 */
export function section(key, children = [], values = {}) {
  return h('section', { class: 'learn-section', id: sectionId(key) }, h('h2', null, t(`${key}.title`)), prose(`${key}.text`, values), children);
}

/** The id of the section with the texts of a key. */
export const sectionId = (key) => key.replaceAll('.', '-');

/** The paragraphs of a list of texts. */
export function prose(key, values = {}) {
  return (texts(key) ?? []).map((_, at) => h('p', null, rich(`${key}.${at}`, values)));
}

/** A figure that may be wider than the text, with a caption; `label` is its accessible name. */
export function figure(label, caption, ...children) {
  return h('figure', { class: 'learn-figure card', role: 'group', 'aria-label': label }, children,
    caption && h('figcaption', { class: 'dim small' }, caption));
}
