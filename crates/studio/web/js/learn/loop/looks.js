// The dreams of this chapter: looks as the dream view and the command line have them.

/** The network whose layers are dreamed of. */
export const MODEL = 'squeezenet';

/** The layers to choose from, from the first to the deepest; their words are the texts `learn.loop.layers.NAME`. */
export const LAYERS = [
  { name: 'lines', layer: 'fire3' },
  { name: 'patterns', layer: 'fire5' },
  { name: 'eyes', layer: 'fire6' },
  { name: 'animals', layer: 'fire8' },
];

/** The steps of each dream, in one size or shared by four. */
export const STEPS = 40;
const SIZES = 4;
const SCALE = 1.4;
/** The largest shift, in pixels. */
const SHIFT = 32;

/** The look of a dream of a layer; `shift` and `small` switch its two tricks on. */
export function lookOf(layer, { shift = true, small = false } = {}) {
  const octaves = small ? SIZES : 1;
  return {
    preset: null,
    options: {
      model: MODEL, layer: [layer], octaves: String(octaves), 'octave-scale': String(SCALE), iterations: String(STEPS / octaves),
      jitter: String(shift ? SHIFT : 0),
    },
  };
}

/** The address of a dream of a photo with this look in the dream view. */
export const dreamAddress = (photo, look) => `/dream?photo=${photo.id}&look=${encodeURIComponent(JSON.stringify(look))}`;
