// The numbers of a step as people read them.

/** The largest colour value of a picture file. */
const LEVELS = 255;

/**
 * How many times as strongly a layer responds as at the start. Both are strengths of the studio's API: 100 times the natural
 * logarithm of the root mean square of the layer.
 */
export const timesAsStrong = (strength, start) => Math.exp((strength - start) / 100);

/** A change of a colour value, 0 to 1, in levels of a picture file. */
export const inLevels = (change) => change * LEVELS;

/** A number with two significant digits, or all of a whole number above that. */
export const rounded = (number) => (number >= 10 ? Math.round(number) : Number(number.toPrecision(2)));
