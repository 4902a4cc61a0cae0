// The page's texts: each is in the file of messages, and each language has what English has. No browser is needed.

import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { test } from 'node:test';

const WEB = new URL('../../web/', import.meta.url);

/** Sections of a language whose English comes from the studio itself. */
const OF_THE_STUDIO = ['presets', 'options', 'kits'];

const read = (path) => readFile(new URL(path, WEB), 'utf8');
const filesIn = async (folder, ending) => (await readdir(new URL(folder, WEB), { recursive: true })).filter((path) => path.endsWith(ending)).map((path) => folder + path);
const messagesOf = async (code) => JSON.parse(await read(`messages/${code}.json`));

const FORMS = ['zero', 'one', 'two', 'few', 'many', 'other'];
const isPlural = (part) => 'other' in part && Object.keys(part).every((form) => FORMS.includes(form));

/** The texts below a part of the messages by their keys. The forms of a plural are one text. */
function leaves(part, key = '') {
  if (typeof part !== 'object' || isPlural(part)) return [[key, part]];
  return Object.entries(part).flatMap(([name, inner]) => leaves(inner, key ? `${key}.${name}` : name));
}

/** A script without its comments. */
const bare = (text) => text.replace(/^\s*\/\*.*?\*\//gms, '').replace(/(^|\s)\/\/.*$/gm, '');

const english = await messagesOf('en');
const keys = leaves(english).map(([key]) => key);
const codes = (await filesIn('messages/', '.json')).map((path) => path.slice('messages/'.length, -'.json'.length)).filter((code) => code !== 'en');
const scripts = await Promise.all((await filesIn('js/', '.js')).map(async (path) => ({ path, text: bare(await read(path)) })));
const pages = await Promise.all((await filesIn('', '.html')).map(async (path) => ({ path, text: await read(path) })));

const find = (key) => key.split('.').reduce((part, name) => part?.[name], english);

/** The keys in scripts and pages: { path, key }; a part that is put in when the page runs is a `*`. */
const used = [
  ...scripts.flatMap(({ path, text }) => [...text.matchAll(/'([\w.-]+)'|`((?:[\w.-]|\$\{[^`{}]*(?:\{[^{}]*\}[^`{}]*)*\})+)`/g)]
    .map(([, literal, template]) => ({ path, key: literal ?? template.replace(/\$\{.*?\}(?=[\w.`]|$)/g, '*') }))),
  ...pages.flatMap(({ path, text }) => [...text.matchAll(/data-t(?:-[a-z-]+)?="([^"]+)"/g)].map(([, key]) => ({ path, key }))),
].filter(({ key }) => key.includes('.') && Object.hasOwn(english, key.split('.')[0]));

const pattern = (key) => new RegExp(`^${key.replaceAll('.', '\\.').replaceAll('*', '[^.]+')}(\\.|$)`);

test('every key that the page uses is in English', () => {
  const missing = used.filter(({ key }) => (key.includes('*') ? !keys.some((one) => pattern(key).test(one)) : find(key) === undefined));
  assert.deepEqual(missing, []);
});

test('every English text is used', () => {
  const patterns = [...new Set(used.map(({ key }) => key))].map(pattern);
  assert.deepEqual(keys.filter((key) => !patterns.some((one) => one.test(key))), []);
});

test('the languages of the page are the files of messages', async () => {
  const [, list] = /LANGUAGES = \{(.*?)\}/s.exec(await read('js/messages.js'));
  assert.deepEqual([...list.matchAll(/([\w-]+):/g)].map(([, code]) => code).sort(), ['en', ...codes].sort());
});

/** What must be the same in every language: placeholders, marks and the addresses of links. */
function partsOf(text) {
  const longest = typeof text === 'string' ? text : text.other;
  const marks = [...longest.matchAll(/\*\*|\*|`|\]\([^)]*\)|\{\w+\}/g)].map(([mark]) => mark);
  return marks.sort();
}

for (const code of codes) {
  test(`${code} has the keys, placeholders and marks of English`, async () => {
    const translated = leaves(await messagesOf(code)).filter(([key]) => !OF_THE_STUDIO.includes(key.split('.')[0]));
    assert.deepEqual(translated.map(([key]) => key).filter((key) => !keys.includes(key)), [], 'unknown keys');
    for (const [key, text] of translated) {
      if (typeof find(key) === 'number') assert.equal(text, find(key), key);
      else assert.deepEqual([key, partsOf(text)], [key, partsOf(find(key))]);
    }
  });

  test(`${code} is complete`, async () => {
    const translated = leaves(await messagesOf(code)).map(([key]) => key);
    assert.deepEqual(keys.filter((key) => !translated.includes(key)), []);
  });
}

/** A quoted text with two letters or more; a template counts with what it says itself. */
const QUOTED = /'((?:[^'\\\n]|\\.)*)'|`([^`]*)`/g;
const words = (match) => (match[1] ?? match[2].replace(/\$\{[^}]*\}/g, '')).trim();
const speaks = (text) => /\p{L}{2}/u.test(text);

/** Where a quoted text is shown or said: as a child of an element after its properties or its icon, in an attribute, in a toast. */
const SHOWN = /(?:(?:null|\{\}|\}|icon\([^()]*\)),|\b(?:title|alt|placeholder)\s*[:=]|'aria-(?:label|valuetext|description)'[:,]|\.textContent\s*=|\btoast\(|iconButton\('[\w-]+',)\s*$/;
/** Names of keys, events and headers in the code, which begin with a capital. */
const NAMES = ['Backspace', 'Content', 'Delete', 'End', 'Enter', 'Escape', 'Files', 'Home', 'Oneiric', 'Shift', 'Tab'];

test('no text for people is left in the code', () => {
  // The names of the languages are the same in all of them.
  const left = scripts.filter(({ path }) => path !== 'js/messages.js').flatMap(({ path, text }) => {
    return [...text.matchAll(QUOTED)].filter((match) => {
      const said = words(match);
      const isAddress = said.startsWith('/');
      const isKey = isAddress || /^[\w-]*(\.[\w-]+)+$/.test(said) || text[match.index + match[0].length] === ':' || text[match.index - 1] === '[';
      if (!speaks(said) || isKey) return false;
      const isSentence = /^\p{Lu}\p{Ll}+[ ,…]/u.test(said) || /\p{L} \p{L}.*[.…?:]$/u.test(said);
      const isName = /^\p{Lu}\p{Ll}+$/u.test(said) && !NAMES.includes(said);
      const before = text.slice(Math.max(0, match.index - 60), match.index);
      // A word after an object or null may be the argument of another function than `h`.
      const isArgument = /(null|\}),\s*$/.test(before) && /^[a-z]+$/.test(said);
      return isSentence || isName || (SHOWN.test(before) && !isArgument);
    }).map((match) => `${path}: ${match[0]}`);
  });
  assert.deepEqual(left, []);
});
