/** Describes a dream as text: its filter, date, places and options. */
import { aboutPreset, helpOf } from '../help.js';
import { decimal, locale, t, translated } from '../messages.js';

const NAMES = { custom: t('common.ownSettings'), words: t('gallery.words') };
const WHEN = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
const DAY = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' });

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
  if (seconds < 10) return t('common.seconds', { n: decimal(Math.max(0.1, seconds), 1) });
  const whole = Math.round(seconds);
  if (whole < 60) return t('common.seconds', { n: whole });
  if (whole < 3600) return t('common.minutesAndSeconds', { minutes: Math.floor(whole / 60), seconds: whole % 60 });
  return t('common.hoursAndMinutes', { hours: Math.floor(whole / 3600), minutes: Math.round((whole % 3600) / 60) });
}

/** An option's value as text: a flag is "yes" or "no", several values are a list. */
export function optionValue(value) {
  if (typeof value === 'boolean') return t(value ? 'gallery.yes' : 'gallery.no');
  return [value].flat().join(', ') || t('gallery.none');
}

/** The name of an option in a list of settings: that of the command line, or its title in another language. */
export const optionName = (name) => translated(`options.${name}.title`, name);

/** The chosen options with descriptions: [{ name, value, about }]. */
export function chosen(dream, catalogue) {
  const rows = [];
  const preset = catalogue.presets.find((one) => one.name === dream.look.preset);
  if (dream.look.preset) rows.push({ name: t('gallery.rows.filter'), value: dream.look.preset, about: preset && aboutPreset(preset) });
  for (const [name, value] of Object.entries(dream.look.options ?? {})) {
    const option = catalogue.options.find((one) => one.name === name);
    rows.push({ name: optionName(name), value: optionValue(value), about: option && helpOf(option) });
  }
  return [...rows, ...places(dream.places ?? {})];
}

const placeOf = (place) => place.shape ?? t('gallery.values.paintedMask');

const row = (name, value) => ({ name: t(`gallery.rows.${name}`), value, about: t(`gallery.about.${name}`) });

/** The places, described like options. */
function places({ mask, invert_mask: inverted, feather, where, guide, only_regions: only, regions = [] }) {
  return [
    mask && row('mask', inverted ? t('gallery.values.except', { place: placeOf(mask) }) : placeOf(mask)),
    feather && row('feather', feather),
    where && row('where', where),
    guide && row('guide', t('gallery.values.picture')),
    ...regions.map((region) => row('region', t('gallery.values.region', { look: region.look, place: placeOf(region.place) }))),
    only && row('onlyRegions', t('gallery.yes')),
  ].filter(Boolean);
}
