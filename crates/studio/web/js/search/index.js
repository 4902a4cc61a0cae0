// What can be found: { group, title, detail, symbol, image, open() } for each place of the page.

import { urls } from '../api.js';
import { networkTitle, ownNetworks } from '../catalogue.js';
import { dreamWith, exploreLayer } from '../dream-with.js';
import { lookName } from '../gallery/describe.js';
import { aboutPreset, helpOf, optionTitle } from '../help.js';
import { CHAPTERS } from '../learn/chapters.js';
import { t, texts } from '../messages.js';
import { SHORTCUTS } from '../shortcuts.js';
import { scoreOf, wordsOf } from './match.js';

/** The groups in their order when they are equally near, and how many results each shows. */
export const GROUPS = { views: 6, chapters: 5, filters: 5, networks: 3, options: 5, layers: 5, classes: 6, dreams: 5, help: 4 };

const VIEWS = { dream: 'spark', explorer: 'layers', gallery: 'grid', train: 'train', learn: 'learn' };

/** Everything that is known without asking the studio. */
export function buildIndex(context, { openQueue, openShortcuts }) {
  const { catalogue, open } = context;
  const entries = [
    ...Object.entries(VIEWS).map(([view, symbol]) => ({ group: 'views', title: t(`shell.${view}`), symbol, open: () => open(`/${view}`) })),
    { group: 'views', title: t('shell.queue'), symbol: 'list', open: openQueue },
    ...CHAPTERS.flatMap((chapter) => chapterEntries(chapter, open)),
    ...catalogue.presets.map((preset) => ({
      group: 'filters', title: preset.name, detail: aboutPreset(preset), symbol: 'spark', open: () => dreamWith(context, { preset: preset.name, options: {} }),
    })),
    ...ownNetworks(catalogue).map(({ name }) => ({ group: 'networks', title: name, detail: t('search.ownNetwork'), symbol: 'train', open: () => open(`/train?network=${encodeURIComponent(name)}`) })),
    ...catalogue.options.map((option) => ({
      group: 'options', title: optionTitle(option.name), detail: helpOf(option), words: option.name, symbol: 'sliders', open: () => open(`/dream?option=${option.name}`),
    })),
    ...catalogue.models.flatMap(({ name, layers }) => layers.map((layer) => ({
      group: 'layers', title: layer.name, detail: networkTitle(catalogue.models, name), words: name, symbol: 'layers', open: () => exploreLayer(context, name, layer.name),
    }))),
    ...SHORTCUTS.flatMap(([group, rows]) => rows.map(([does, ...keys]) => ({
      group: 'help', title: t(`shortcuts.${group}.${does}`), detail: keys.map((combination) => combination.join(' + ')).join(', '), symbol: 'keyboard', open: openShortcuts,
    }))),
    { group: 'help', title: t('menu.api'), symbol: 'external', open: () => location.assign('/api/docs') },
  ];
  return entries.map((entry) => ({ ...entry, known: { title: wordsOf(`${entry.title} ${entry.words ?? ''}`), detail: wordsOf(entry.detail ?? '') } }));
}

/** A chapter, and its sections. */
function chapterEntries({ name }, open) {
  const key = `learn.${name}`;
  const title = t(`${key}.title`);
  const address = `/learn/${name}`;
  const sections = Object.entries(texts(key)).filter(([, part]) => part.title && part.text);
  return [
    { group: 'chapters', title, detail: t(`${key}.question`), symbol: 'learn', open: () => open(address) },
    ...sections.map(([section, part]) => ({ group: 'chapters', title: part.title, detail: title, symbol: 'learn', open: () => open(`${address}?section=${section}`) })),
  ];
}

/** The entries that a query finds, the nearest first. */
export function find(index, query) {
  const wanted = wordsOf(query);
  return index.map((entry) => ({ ...entry, score: scoreOf(wanted, entry.known) })).filter(({ score }) => score)
    .sort((one, other) => other.score - one.score);
}

/** What the studio finds: classes of the networks, and dreams of the gallery; nothing if it finds none or does not answer. */
export async function ask(context, query) {
  const { api, open } = context;
  const [{ classes }, { dreams }] = await Promise.all([
    api.get(`/api/search?q=${encodeURIComponent(query)}`).catch(() => ({ classes: [] })),
    api.get(`/api/dreams?q=${encodeURIComponent(query)}&limit=${GROUPS.dreams}`).catch(() => ({ dreams: [] })),
  ]);
  const wanted = wordsOf(query);
  const found = [
    ...classes.map(({ name }) => ({ group: 'classes', title: name, detail: t('search.dreamOf', { name }), symbol: 'eye', open: () => dreamWith(context, { preset: null, options: { more: [name] } }) })),
    ...dreams.map((dream) => ({ group: 'dreams', title: dream.name, detail: lookName(dream), image: urls.dream(dream.id, 160), open: () => open(`/gallery?dream=${dream.id}`) })),
  ];
  // The studio knows more than the words, such as which breeds are dogs.
  return found.map((entry) => ({ ...entry, score: scoreOf(wanted, { title: wordsOf(entry.title), detail: [] }) || 0.1 }));
}
