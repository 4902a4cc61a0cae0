// The texts of filters and options, which come from the studio in English.

import { translated } from './messages.js';

/** What a filter does. */
export const aboutPreset = ({ name, about }) => translated(`presets.${name}`, about);

/** What an option does: its command line help, without the parts that do not apply to a page. */
export function helpOf({ name, about }) {
  return translated(`options.${name}.about`, clean(about));
}

/** The title of an option. */
export function optionTitle(name) {
  const words = name.replaceAll('-', ' ');
  return translated(`options.${name}.title`, words[0].toUpperCase() + words.slice(1));
}

function clean(about) {
  return about.replace(/\s*\[default: [^\]]*\]/, '').replace(/; may be repeated/, '').replace(/`oneiric models show M` lists them/, '').replace(/[.,;]?\s*$/, '.');
}
