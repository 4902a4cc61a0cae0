// How long the chapters of Learn take to read aloud, and for what age they are. No browser is needed.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

const CHAPTERS = ['neuron', 'filters', 'features', 'learning', 'loop'];
/** Words that are read aloud in a minute, and the minutes of a chapter. */
const SPEED = 150;
const MINUTES = 5;
/** A twelve-year-old is in grade 6 or 7. */
const GRADE = 7;
/** What is read aloud; the rest are labels of controls, and answers to what one does. */
const READ = ['title', 'question', 'text', 'ask', 'answers', 'because'];

const { learn } = JSON.parse(await readFile(new URL('../../web/messages/en.json', import.meta.url), 'utf8'));

/** The texts of a part of the messages that are read aloud. */
function readAloud(part, isRead = false) {
  if (typeof part === 'string') return isRead ? [part] : [];
  if (typeof part !== 'object') return [];
  return Object.entries(part).flatMap(([key, inner]) => readAloud(inner, READ.includes(key) || (Array.isArray(part) && isRead)));
}

/** Vowels in a row are a syllable, without a silent e at the end. */
function syllables(word) {
  const letters = word.toLowerCase();
  const count = (letters.match(/[aeiouy]+/g) ?? []).length;
  return Math.max(1, /[^l]e$/.test(letters) && count > 1 ? count - 1 : count);
}

/** The number of words, and the grade of Flesch and Kincaid ("Derivation of new readability formulas", 1975). */
function measure(texts) {
  const text = texts.map((one) => one.replace(/[*`[\]]|\(\/[^)]*\)|\{\w+\}/g, '')).map((one) => (/[.?!:]$/.test(one) ? one : `${one}.`)).join(' ');
  const sentences = text.split(/[.?!:]+(?:\s|$)/).filter((one) => /\p{L}/u.test(one)).length;
  const words = text.match(/[\p{L}']+/gu);
  const perWord = words.reduce((sum, word) => sum + syllables(word), 0) / words.length;
  return { words: words.length, grade: 0.39 * (words.length / sentences) + 11.8 * perWord - 15.59 };
}

for (const name of CHAPTERS) {
  test(`the chapter ${name} is for a twelve-year-old, and is read aloud in less than five minutes`, (context) => {
    const { words, grade } = measure(readAloud(learn[name]));
    context.diagnostic(`${words} words, ${(words / SPEED).toFixed(1)} minutes, grade ${grade.toFixed(1)}`);
    assert(words < SPEED * MINUTES, `${words} words`);
    assert(grade < GRADE, `grade ${grade.toFixed(1)}`);
  });
}
