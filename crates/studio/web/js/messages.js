// The page's texts, in the language that the reader chose. A language is one file in /assets/messages/, named by its code; a
// text that it lacks is shown in English.

const KEY = 'oneiric.language';

/** The languages by code, each with its own name. */
export const LANGUAGES = { en: 'English', de: 'Deutsch' };

/** The code of the page's language: the one chosen, else the first of the browser's languages that there is. */
export const language = [localStorage.getItem(KEY), ...navigator.languages.map((code) => code.split('-')[0]), 'en']
  .find((code) => Object.hasOwn(LANGUAGES, code ?? ''));

/** The language as the browser's region writes it, such as `en-GB`, for numbers and dates. */
export const locale = navigator.languages.find((code) => code.split('-')[0] === language) ?? language;

const load = async (code) => (await fetch(`/assets/messages/${code}.json`)).json();
const [english, chosen] = await Promise.all([load('en'), language === 'en' ? {} : load(language)]);
const plurals = new Intl.PluralRules(language);
const numbers = new Intl.NumberFormat(locale, { useGrouping: false });

document.documentElement.lang = language;

/** Remembers a language and shows the page in it. */
export function chooseLanguage(code) {
  localStorage.setItem(KEY, code);
  location.reload();
}

/** A number with a fixed count of decimals, such as 0.50, as the language writes it. */
export const decimal = (number, digits) => number.toLocaleString(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false });

const find = (messages, key) => key.split('.').reduce((part, name) => part?.[name], messages);

/**
 * The text with this key, such as 'train.start'. `{name}` in it stands for the value of that name; of several forms, such as
 * { "one": "{n} picture", "other": "{n} pictures" }, the one that suits the number `n`.
 */
export function t(key, values = {}) {
  const found = find(chosen, key) ?? find(english, key);
  const text = typeof found === 'object' ? found[plurals.select(values.n)] ?? found.other : found;
  if (text === undefined) throw new Error(`no text ${key}`);
  return text.replace(/\{(\w+)\}/g, (_, name) => (typeof values[name] === 'number' ? numbers.format(values[name]) : values[name]));
}

/** The texts below a key, as they are in the file: a list or an object. */
export const texts = (key) => find(chosen, key) ?? find(english, key);

/** The text with this key if there is one in the chosen language or English; otherwise `text`, which comes from the studio. */
export const translated = (key, text) => find(chosen, key) ?? find(english, key) ?? text;

/**
 * The text with this key as nodes: **strong**, *emphasised*, `code` and [a link](/explorer). Values may be nodes, which are
 * put in the place of their names.
 */
export function rich(key, values = {}) {
  const isNode = (name) => values[name] instanceof Node;
  const kept = Object.fromEntries(Object.keys(values).map((name) => [name, isNode(name) ? `{${name}}` : values[name]]));
  return parts(t(key, kept), values);
}

const MARKS = /\*\*(.+?)\*\*|\*(.+?)\*|`(.+?)`|\[(.+?)\]\((.+?)\)|\{(\w+)\}/;

function parts(text, values) {
  const found = MARKS.exec(text);
  if (!found) return text ? [text] : [];
  const [all, strong, emphasised, code, link, address, name] = found;
  const element = (tag, content) => {
    const made = document.createElement(tag);
    made.append(...parts(content, values));
    return made;
  };
  let node = values[name] ?? all;
  if (strong) node = element('strong', strong);
  else if (emphasised) node = element('em', emphasised);
  else if (code) node = element('code', code);
  else if (link) {
    node = element('a', link);
    node.href = address;
  }
  return [...parts(text.slice(0, found.index), values), node, ...parts(text.slice(found.index + all.length), values)].filter((part) => part !== '');
}

/** Sets the texts of a page's own elements: `data-t="key"` for the content, `data-t-title`, `data-t-aria-label`… for attributes. */
export function fillTexts(root = document) {
  for (const element of root.querySelectorAll('[data-t]')) element.textContent = t(element.dataset.t);
  for (const attribute of ['title', 'aria-label']) {
    for (const element of root.querySelectorAll(`[data-t-${attribute}]`)) element.setAttribute(attribute, t(element.getAttribute(`data-t-${attribute}`)));
  }
}
