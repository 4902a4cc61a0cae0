// The numbers of the chapter on learning: what follows from the answers of a network.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byGround, confusion, kernelColours, largestWeight, shareRight, smoothed } from '../../web/js/learn/learning/numbers.js';

const PICTURES = [
  { class: 0, group: 'dog on grass' }, { class: 0, group: 'dog on snow' }, { class: 1, group: 'cat on grass' },
  { class: 1, group: 'bird on floor' }, { class: 1, group: 'rabbit on sand' },
];
/** How likely a dog is. */
const ANSWERS = [0.9, 0.2, 0.7, 0.1, 0.4];

test('a picture is named right if its class is the likelier one', () => {
  assert.equal(shareRight(PICTURES, ANSWERS), 3 / 5);
  assert.equal(shareRight(PICTURES, ANSWERS, () => false), null);
});

test('each group has its own share', () => {
  assert.deepEqual(byGround(PICTURES, ANSWERS), { dogGrass: 1, dogElsewhere: 0, otherGrass: 0, otherElsewhere: 1 });
});

test('every picture is in one cell of the table', () => {
  assert.deepEqual(confusion(PICTURES, ANSWERS), [[[0], [1]], [[2], [3, 4]]]);
});

test('a smooth course begins at the first number and moves towards the next ones', () => {
  assert.deepEqual(smoothed([1, 0, 0], 0.5), [1, 0.5, 0.25]);
});

test('a weight of zero is mid-grey, the largest one full', () => {
  assert.equal(largestWeight([[0.5, -2], [1, 0]]), 2);
  assert.deepEqual(kernelColours([-2, 0, 2], 2), [0, 128, 255]);
});
