// The numbers of the chapter on the feedback loop are those of the library. No browser: `numbers-loop.json` is compared with the
// library by `crates/cli/tests/studio/loops.rs`.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { STEPS, lookOf } from '../../web/js/learn/loop/looks.js';
import { inLevels, rounded, timesAsStrong } from '../../web/js/learn/loop/numbers.js';
import { speckled } from '../../web/js/learn/loop/specks.js';

test('a layer responds as many times as strongly as the library says', async () => {
  const { strengths, times } = JSON.parse(await readFile(new URL('numbers-loop.json', import.meta.url)));
  for (const [at, strength] of strengths.entries()) assert(Math.abs(timesAsStrong(strength, strengths[0]) / times[at] - 1) < 1e-4);
  assert(times.at(-1) > 1.02, 'the layer responds more strongly');
});

test('changes are in levels of a picture file, and numbers have two digits', () => {
  assert.equal(inLevels(0.1), 25.5);
  assert.deepEqual([1, 1.234, 0.0567, 9.96, 12.4, 255].map(rounded), [1, 1.2, 0.057, 10, 12, 255]);
});

test('all dreams of the chapter have as many steps', () => {
  for (const small of [false, true]) {
    const { octaves, iterations } = lookOf('fire6', { small }).options;
    assert.equal(octaves * iterations, STEPS);
  }
  assert.equal(lookOf('fire6', { shift: false }).options.jitter, '0');
});

test('specks are found where a picture has some and the other has none', () => {
  const [width, height] = [64, 48];
  const grey = () => ({ width, height, data: new Uint8ClampedArray(width * height * 4).fill(128) });
  const [plain, specked] = [grey(), grey()];
  for (let y = 26; y < 34; y += 2) for (let x = 42; x < 50; x += 2) specked.data[(y * width + x) * 4 + 1] = 255;
  const { x, y } = speckled(specked, plain, 16, 16);
  assert(x <= 42 && x + 16 >= 50 && y <= 26 && y + 16 >= 34, `${x}, ${y}`);
});
