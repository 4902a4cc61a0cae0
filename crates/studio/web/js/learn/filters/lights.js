// The lights in which the window looks at the photo: grey, one colour, or all colours.

/** The maps of each light. */
export const LIGHTS = { grey: ['grey'], red: ['red'], green: ['green'], blue: ['blue'], colours: ['red', 'green', 'blue'] };

/** The colour of a pixel with a value for each map of a light, as far as it can be drawn, and a colour for text on it. */
export function pixelColour(values, light) {
  const drawn = values.map((value) => Math.min(Math.max(Math.round(value), 0), 255));
  const channel = (name) => (light === 'grey' ? drawn[0] : drawn[LIGHTS[light].indexOf(name)] ?? 0);
  const [red, green, blue] = LIGHTS.colours.map(channel);
  return { css: `rgb(${red} ${green} ${blue})`, ink: 0.299 * red + 0.587 * green + 0.114 * blue > 115 ? '#000' : '#fff' };
}
