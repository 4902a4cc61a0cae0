// What the page knows of some options beside the catalogue: a sensible range for a slider, or what to suggest.
// Any other value the server accepts may be typed.

/** From, to and step of options that are numbers. */
export const RANGES = {
  octaves: [1, 10, 1],
  'octave-scale': [1.1, 2, 0.05],
  iterations: [1, 60, 1],
  step: [0.0005, 0.02, 0.0005],
  jitter: [0, 64, 1],
  chroma: [0, 1, 0.05],
  strength: [0, 2, 0.05],
  saturation: [0, 4, 0.1],
};

/** Values of options that are texts. */
export const SUGGESTIONS = {
  channels: ['all', 'strongest:8', 'weakest:8', 'all-but:3,7'],
  ascent: ['plain', 'momentum:0.9', 'adam'],
  symmetry: ['none', 'mirror', 'quad', 'kaleidoscope:6'],
  tile: ['whole', '1024x768', '640x640'],
  upscale: ['none', '1600', '1024'],
};
