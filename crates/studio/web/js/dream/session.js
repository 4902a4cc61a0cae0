// The state of the dream view. Parts of the page watch it and update themselves.

import { t } from '../messages.js';

const SIZE_KEY = 'oneiric.size';

/** Choices of a dream's longer side in pixels; null is the size of the photo. */
export const SIZES = [
  { side: 640, name: t('dream.sizes.quick') },
  { side: 1024, name: t('dream.sizes.normal') },
  { side: 2048, name: t('dream.sizes.large') },
  { side: null, name: t('dream.sizes.full') },
];

/** Creates a session with a look: the given one, or the first filter. */
export function createSession(catalogue, look) {
  const watchers = new Set();
  const session = {
    /** The Picture to dream on. */
    photo: null,
    /** The dream that the photo was made from, if any. */
    parent: null,
    look: isKnown(look, catalogue) ? look : { preset: catalogue.presets[0].name, options: {} },
    places: {},
    /** The painted layers of `places`. */
    layers: [],
    size: rememberedSize(),
    /** The values of all options, as resolved by the server. */
    settings: {},
    /** Why there can be no such dream. */
    problem: null,
    /** The watched job. */
    job: null,
    /** Whether the queue is paused. */
    paused: false,
    dream: null,
    /** The octave to show instead of the finished dream. */
    octave: null,
    strength: 1,
    /** Whether the photo is shown instead of the dream. */
    peek: false,
    /** Whether the welcome card is shown. */
    welcome: false,
    /** The name of the look in the large preview. */
    largePreview: null,
    painting: false,
    canUndo: false,
    canRedo: false,

    /** Changes some keys and calls their watchers. */
    update(patch) {
      const changed = Object.keys(patch).filter((key) => session[key] !== patch[key]);
      if (!changed.length) return;
      Object.assign(session, patch);
      if (changed.includes('size')) localStorage.setItem(SIZE_KEY, JSON.stringify(session.size));
      for (const watcher of [...watchers]) {
        if (watcher.keys.some((key) => changed.includes(key))) watcher.draw(session, changed);
      }
    },

    /** Calls `draw` now and after each change of one of these keys. */
    watch(keys, draw) {
      watchers.add({ keys, draw });
      draw(session, keys);
    },

    /** Sets an option of the look; undefined, false and an empty value remove it. */
    setOption(name, value) {
      const options = { ...session.look.options };
      const nothing = value === undefined || value === false || value === '' || (Array.isArray(value) && !value.length);
      if (nothing) delete options[name];
      else options[name] = value;
      session.update({ look: { ...session.look, options }, ...pardon(name) });
    },

    /** Changes the places; undefined and empty values remove a part. A mask and a word cannot be used together. */
    setPlace(patch) {
      const places = { ...session.places, ...patch };
      if (patch.mask) delete places.where;
      if (patch.where && places.mask) {
        delete places.mask;
        session.update({ layers: [] });
      }
      for (const [name, value] of Object.entries(places)) {
        if (!value || (Array.isArray(value) && !value.length)) delete places[name];
      }
      session.update({ places, ...Object.assign({}, ...Object.keys(patch).map(pardon)) });
    },
  };
  /** Without the problem that blames this setting: it has another value now. */
  const pardon = (name) => (session.problem?.setting === name ? { problem: null } : {});
  return session;
}

/** Whether this version knows a look. */
function isKnown(look, { presets, models }) {
  if (!look?.options) return false;
  const { preset, options: { model } } = look;
  return (preset === null || presets.some(({ name }) => name === preset)) && (!model || models.some(({ name }) => name === model));
}

function rememberedSize() {
  const kept = localStorage.getItem(SIZE_KEY);
  return SIZES.find(({ side }) => JSON.stringify(side) === kept)?.side ?? (kept === 'null' ? null : SIZES[0].side);
}

/** The seed of a look; 0 by default. */
export const seedOf = (look) => Number(look.options.seed ?? 0);

/** A random seed. */
export const randomSeed = () => Math.floor(Math.random() * 100000);

/** The name of a look: its filter, or else its words, layers or network. */
export function nameOf(look) {
  if (look.preset) return look.preset;
  const [words, layers, channels] = ['more', 'layer', 'channel'].map((name) => [look.options[name] ?? []].flat().join(', '));
  if (words) return words;
  if (layers) return channels ? t('dream.channelOf', { channels, layers }) : layers;
  return look.options.model ?? t('common.ownSettings');
}

/** The network that a look dreams with, if that is all that it chooses: neither a filter nor layers. */
export function networkOf({ preset, options }) {
  return preset || options.layer || options.channel || options.objective ? null : options.model ?? null;
}

/** Options in the panel, which do not count as changed settings. */
const IN_THE_PANEL = ['more', 'less', 'seed'];

/** The names of the options that were changed in the drawer. A network of the strip is none. */
export function changedOptions(look) {
  const chosen = networkOf(look) ? ['model'] : [];
  return Object.keys(look.options).filter((name) => ![...IN_THE_PANEL, ...chosen].includes(name));
}

const FINISHED = ['done', 'failed', 'cancelled'];

/** Whether a job is not finished. */
export const isGrowing = (job) => Boolean(job) && !FINISHED.includes(job.state);
