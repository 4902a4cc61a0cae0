// What the dream view is about at this moment. Parts of the page watch it and draw themselves.

const SIZE_KEY = 'oneiric.size';

/** Sides that a dream may be shrunk to; null is the photo's own. */
export const SIZES = [
  { side: 640, name: 'Quick' },
  { side: 1024, name: 'Normal' },
  { side: 2048, name: 'Large' },
  { side: null, name: 'Full' },
];

/** Makes the session, with nothing in it but a look: the one given, or the first filter. */
export function createSession(catalogue, look) {
  const watchers = new Set();
  const session = {
    /** The Picture that is dreamed on. */
    photo: null,
    /** The dream it was, if it was one. */
    parent: null,
    look: isKnown(look, catalogue) ? look : { preset: catalogue.presets[0].name, options: {} },
    places: {},
    /** Painted layers of `places`, as the brush left them. */
    layers: [],
    size: rememberedSize(),
    /** Every option's value, as the server understands the look. */
    settings: {},
    /** Why the look cannot be dreamed. */
    problem: null,
    /** The job that is watched. */
    job: null,
    /** Whether the queue is. */
    paused: false,
    dream: null,
    /** The octave that is shown instead of the finished dream. */
    octave: null,
    strength: 1,
    /** Whether the photo is shown in the dream's place. */
    peek: false,
    /** Whether it is said how to bring a picture. */
    welcome: false,
    /** The look of the small dream that is shown meanwhile. */
    foretaste: null,
    painting: false,
    canUndo: false,
    canRedo: false,

    /** Changes some of it, and tells who watches that. */
    update(patch) {
      const changed = Object.keys(patch).filter((key) => session[key] !== patch[key]);
      if (!changed.length) return;
      Object.assign(session, patch);
      if (changed.includes('size')) localStorage.setItem(SIZE_KEY, JSON.stringify(session.size));
      for (const watcher of [...watchers]) {
        if (watcher.keys.some((key) => changed.includes(key))) watcher.draw(session, changed);
      }
    },

    /** Calls `draw` now, and whenever one of these keys has changed. */
    watch(keys, draw) {
      watchers.add({ keys, draw });
      draw(session, keys);
    },

    /** Sets an option of the look; undefined, false and an empty list take it away. */
    setOption(name, value) {
      const options = { ...session.look.options };
      const nothing = value === undefined || value === false || value === '' || (Array.isArray(value) && !value.length);
      if (nothing) delete options[name];
      else options[name] = value;
      session.update({ look: { ...session.look, options } });
    },

    /** Sets where it grows; undefined and an empty text take a part away. A mask and a word exclude each other. */
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
      session.update({ places });
    },
  };
  return session;
}

/** Whether this version can make anything of a look. */
const isKnown = (look, { presets }) => Boolean(look?.options) && (look.preset === null || presets.some(({ name }) => name === look.preset));

function rememberedSize() {
  const kept = localStorage.getItem(SIZE_KEY);
  return SIZES.find(({ side }) => JSON.stringify(side) === kept)?.side ?? (kept === 'null' ? null : SIZES[0].side);
}

/** The seed of a look; 0 unless one is given. */
export const seedOf = (look) => Number(look.options.seed ?? 0);

/** A seed nobody would have thought of. */
export const randomSeed = () => Math.floor(Math.random() * 100000);

/** How a look is called: its filter's name, or what it is made of. */
export function nameOf(look) {
  if (look.preset) return look.preset;
  const [words, layers, channels] = ['more', 'layer', 'channel'].map((name) => [look.options[name] ?? []].flat().join(', '));
  if (words) return words;
  if (layers) return channels ? `channel ${channels} of ${layers}` : layers;
  return 'your own';
}

/** Options that the panel itself shows, so that they do not count as changed settings. */
const IN_THE_PANEL = ['more', 'less', 'seed'];

/** Names of the options that were changed in the drawer. */
export const changedOptions = (look) => Object.keys(look.options).filter((name) => !IN_THE_PANEL.includes(name));

const OVER = ['done', 'failed', 'cancelled'];

/** Whether a job is still to be done. */
export const isGrowing = (job) => Boolean(job) && !OVER.includes(job.state);
