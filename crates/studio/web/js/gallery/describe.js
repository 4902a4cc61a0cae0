/** Describes a dream as text: its filter, date, places and options. */
import { helpOf } from '../help.js';

const NAMES = { custom: 'own settings', words: 'words' };
const WHEN = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });

/** The display name of a filter. */
export const filterName = (filter) => NAMES[filter] ?? filter;

/** The words of a dream, if it was made of words only, or the network if it has no filter; otherwise its filter. */
export function lookName(dream) {
  const words = [dream.look.options?.more ?? []].flat();
  if (dream.filter === 'words' && words.length) return words.join(', ');
  return dream.filter === 'custom' ? dream.look.options?.model ?? filterName('custom') : filterName(dream.filter);
}

export const moment = (time) => WHEN.format(time);
export const day = (time) => DAY.format(time);

/** 4.2 s, 3 min 8 s, 1 h 5 min. */
export function duration(seconds) {
  if (seconds < 10) return `${Math.max(0.1, seconds).toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.round((whole % 3600) / 60)} min`;
}

/** An option's value as text: a flag is "yes" or "no", several values are a list. */
export function optionValue(value) {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return [value].flat().join(', ') || 'none';
}

/** The chosen options with descriptions: [{ name, value, about }]. */
export function chosen(dream, catalogue) {
  const rows = [];
  const preset = catalogue.presets.find((one) => one.name === dream.look.preset);
  if (dream.look.preset) rows.push({ name: 'filter', value: dream.look.preset, about: preset?.about });
  for (const [name, value] of Object.entries(dream.look.options ?? {})) {
    const option = catalogue.options.find((one) => one.name === name);
    rows.push({ name, value: optionValue(value), about: option && helpOf(option) });
  }
  return [...rows, ...places(dream.places ?? {})];
}

const placeOf = (place) => place.shape ?? 'a painted mask';

/** The places, described like options. */
function places({ mask, invert_mask: inverted, feather, where, guide, only_regions: only, regions = [] }) {
  return [
    mask && { name: 'mask', value: `${inverted ? 'everything except ' : ''}${placeOf(mask)}`, about: 'where the dream grows' },
    feather && { name: 'feather', value: feather, about: 'softness of the borders' },
    where && { name: 'where', value: where, about: 'only where the networks see this' },
    guide && { name: 'guide', value: 'a picture', about: 'the guide image' },
    ...regions.map((region) => ({ name: 'region', value: `${region.look} in ${placeOf(region.place)}`, about: 'another filter in this place' })),
    only && { name: 'only-regions', value: 'yes', about: 'the rest stays unchanged' },
  ].filter(Boolean);
}
