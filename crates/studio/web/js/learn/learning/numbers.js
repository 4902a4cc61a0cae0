// What follows from the answers of a network: shares of right answers, and the table of confusions. An answer is the
// probability of the first class.

/** The class that an answer names, 0 or 1. */
export const namedBy = (answer) => (answer > 0.5 ? 0 : 1);

/** The share of the pictures that are named right, those that `which` chooses; null if there are none. */
export function shareRight(pictures, answers, which = () => true) {
  let right = 0;
  let all = 0;
  pictures.forEach((picture, at) => {
    if (!which(picture)) return;
    all += 1;
    if (namedBy(answers[at]) === picture.class) right += 1;
  });
  return all ? right / all : null;
}

/** The numbers of the pictures of each class (rows) that were named as each class (columns): [[[…], […]], [[…], […]]]. */
export function confusion(pictures, answers) {
  const cells = [[[], []], [[], []]];
  pictures.forEach((picture, at) => cells[picture.class][namedBy(answers[at])].push(at));
  return cells;
}

/** The shares that are right in the four groups of the drawn animals: a dog or another animal, on grass or elsewhere. */
export function byGround(pictures, answers) {
  const isOnGrass = ({ group }) => group.endsWith(' on grass');
  const of = (animal, onGrass) => shareRight(pictures, answers, (picture) => picture.class === animal && isOnGrass(picture) === onGrass);
  return { dogGrass: of(0, true), dogElsewhere: of(0, false), otherGrass: of(1, true), otherElsewhere: of(1, false) };
}

/** A smooth course of a list of numbers: each has so much weight, the ones before the rest. */
export function smoothed(values, weight = 0.06) {
  let mean = null;
  return values.map((value) => {
    mean = mean === null ? value : mean + weight * (value - mean);
    return mean;
  });
}

/** The weights of a kernel, 3 x 3 times red, green and blue, as colours from 0 to 255: 0 is mid-grey, `largest` is full. */
export const kernelColours = (kernel, largest) => kernel.map((weight) => Math.round(127.5 + (127.5 * weight) / largest));

/** The largest weight of all kernels, without its sign. */
export const largestWeight = (kernels) => Math.max(...kernels.flat().map(Math.abs), Number.MIN_VALUE);
