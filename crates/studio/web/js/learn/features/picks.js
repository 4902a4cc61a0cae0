// The channels that the chapter shows, chosen by eye because a child recognises what they look for.

/** The network of the chapter. */
export const MODEL = 'squeezenet';

/** The layers of the figure with squares, from the picture on. */
export const LAYERS = ['conv1', 'fire2', 'fire3', 'fire4', 'fire5', 'fire6', 'fire7', 'fire8', 'fire9'];

/** From simple to complex: the name of its texts, the layer and the channel. */
export const STEPS = [
  { name: 'lines', layer: 'fire3', channel: 100 },
  { name: 'curves', layer: 'fire4', channel: 163 },
  { name: 'fur', layer: 'fire6', channel: 109 },
  { name: 'eyes', layer: 'fire6', channel: 146 },
  { name: 'faces', layer: 'fire8', channel: 288 },
];

/** The channels to guess. */
export const GUESSES = [
  { name: 'eye', layer: 'fire4', channel: 206 },
  { name: 'legs', layer: 'fire7', channel: 287 },
];
