// Finds texts by words: whole words, their beginnings, parts of them, or words with one mistake.

/** How well a word is met. */
const EXACT = 4;
const BEGINNING = 3;
const PART = 1.5;
const NEARLY = 1;
/** Letters from which a part of a word, or a word with a mistake, is looked for. */
const LONG = 3;
const LONGER = 5;
/** What a word of the description counts, beside one of the title. */
const DETAIL = 0.4;

/** The words of a text in small letters without accents. */
export const wordsOf = (text) => text.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '').split(/[^\p{L}\p{N}]+/u).filter(Boolean);

/** How well the words of a query meet the words of a title and a description; 0 if one of them meets none. */
export function scoreOf(query, { title, detail }) {
  let sum = 0;
  for (const wanted of query) {
    const best = Math.max(bestOf(wanted, title), DETAIL * bestOf(wanted, detail));
    if (!best) return 0;
    sum += best;
  }
  // Of two titles with the same words the shorter one is nearer.
  return sum / query.length + 1 / (1 + title.length);
}

const bestOf = (wanted, words) => Math.max(0, ...words.map((word) => wordScore(wanted, word)));

function wordScore(wanted, word) {
  if (word === wanted) return EXACT;
  if (word.startsWith(wanted)) return BEGINNING;
  if (wanted.length >= LONG && word.includes(wanted)) return PART;
  return wanted.length >= LONGER && isNear(wanted, word) ? NEARLY : 0;
}

/** Whether a word begins with the wanted one, but for one letter that is wrong, missing, too many, or changed with the next. */
function isNear(wanted, word) {
  let same = 0;
  while (same < wanted.length && wanted[same] === word[same]) same += 1;
  const [one, other, ...rest] = wanted.slice(same);
  const after = wanted.slice(same + 1);
  return word.startsWith(after, same + 1) || word.startsWith(after, same) || word.startsWith(wanted.slice(same), same + 1)
    || (other !== undefined && word.startsWith(other + one + rest.join(''), same));
}
