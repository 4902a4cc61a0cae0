// The numbers of the chapter on filters are those of the library: a test of the library checks the same file. No browser is needed.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { border, convolve, fieldAt, maxPool, relu, sideAfter, valueAt, windowAt } from '../../web/js/learn/filters/convolution.js';
import { gainOf, kernelOf, presetOf, putKernel, resized, withNumber } from '../../web/js/learn/filters/kernel.js';
import { PRESETS, preset } from '../../web/js/learn/filters/presets.js';

const CLOSE = 1e-6;

const { width, height, bytes, cases } = JSON.parse(await readFile(new URL('../../../dream/tests/page/filters.json', import.meta.url), 'utf8'));
const photo = { width, height, values: Float32Array.from(bytes, (byte) => byte / 255) };

/** A kernel as the library writes it: its rows, and what divides them. */
function written({ size, numbers, by }) {
  const rows = Array.from({ length: size }, (_, row) => numbers.slice(row * size, (row + 1) * size).join(' ')).join('; ');
  return by === 1 ? rows : `${rows} / ${by}`;
}

const isClose = (got, expected, what) => {
  assert.equal(got.length, expected.length, what);
  expected.forEach((value, at) => assert(Math.abs(got[at] - value) <= CLOSE, `${what}, value ${at}: ${got[at]} instead of ${value}`));
};

test('the named kernels are those of the library, with the same numbers', () => {
  assert.deepEqual(PRESETS.map((one) => [one.name, written(one)]), cases.map(({ name, numbers }) => [name, numbers]));
});

test('convolution, stride, padding, ReLU and pooling compute what the library computes', () => {
  for (const { name, padding, stride, relu: isClamped, pool, width: columns, height: rows, values } of cases) {
    const what = `${name}, padding ${padding}, stride ${stride}, pool ${pool}`;
    const convolved = convolve(photo, preset(name), { stride, padding });
    const result = maxPool(isClamped ? relu(convolved) : convolved, pool);
    assert.deepEqual([result.width, result.height], [columns, rows], what);
    isClose(result.values, values, what);
  }
  assert.deepEqual([...new Set(cases.map(({ padding }) => padding))].sort(), ['edge', 'none', 'zero']);
});

test('the window shows how each value comes about: its products add up to the convolution', () => {
  for (const padding of ['edge', 'zero']) {
    for (const kernel of PRESETS) {
      const { values } = convolve(photo, kernel, { padding });
      for (const [x, y] of [[0, 0], [5, 4], [width - 1, height - 1]]) {
        const { products, total, sum } = windowAt(photo, kernel, x, y, padding);
        assert(Math.abs(products.reduce((a, b) => a + b) - total) < CLOSE && Math.abs(total / kernel.by - sum) < CLOSE);
        isClose([values[y * width + x]], [sum], `${kernel.name} at ${x}, ${y}`);
      }
    }
  }
});

test('a value depends on just the pixels that it is said to have seen', () => {
  // All their numbers are positive, so that a brighter column makes every value brighter that has seen it.
  const first = { ...preset('blur-5'), stride: 2, padding: 'zero' };
  const second = { ...preset('blur'), stride: 1, padding: 'none' };
  const look = (map) => convolve(maxPool(convolve(map, first, first), 2), second, second);
  const steps = [
    { size: 5, stride: 2, border: border(first, 'zero') },
    { size: 2, stride: 2, border: 0 },
    { size: 3, stride: 1, border: border(second, 'none') },
  ];
  const side = 40;
  const flat = (column) => ({ width: side, height: side, values: Float32Array.from({ length: side * side }, (_, at) => (at % side === column ? 9 : 1)) });
  const value = (map) => map.values[2 * map.width + 2];
  const [from, to] = fieldAt(steps, 2);
  assert.deepEqual([from, to], [6, 20]);
  for (let column = 0; column < side; column += 1) {
    assert.equal(value(look(flat(column))) > value(look(flat(-1))), column >= from && column <= to, `column ${column}`);
  }
});

test('the size of a result follows from kernel, stride and padding', () => {
  const three = preset('sharpen');
  assert.equal(sideAfter(480, three, { stride: 1, padding: 'zero' }), 480);
  assert.equal(sideAfter(480, three, { stride: 2, padding: 'zero' }), 240);
  assert.equal(sideAfter(480, preset('spots'), { stride: 1, padding: 'none' }), 476);
  assert.equal(sideAfter(2, three, { padding: 'none' }), 0);
  // The second question at the end of the chapter.
  assert.equal(sideAfter(100, three, { stride: 2, padding: 'zero' }), 50);
});

test('beyond the border are zeros, or the values at the border', () => {
  const map = { width: 2, height: 1, values: Float32Array.of(3, 5) };
  assert.deepEqual([valueAt(map, -1, 0, 'edge'), valueAt(map, 2, 4, 'edge'), valueAt(map, -1, 0, 'zero')], [3, 5, 0]);
});

test('a kernel is read from an address and written into one', () => {
  const read = (text) => kernelOf(new URLSearchParams(text));
  assert.deepEqual(read('kernel=0,-1,0,-1,5,-1,0,-1,0'), { size: 3, numbers: [0, -1, 0, -1, 5, -1, 0, -1, 0], by: 1 });
  assert.equal(read('kernel=spots'), preset('spots'));
  for (const wrong of ['', 'kernel=', 'kernel=1,2', 'kernel=1,2,3,4,5,6,7,8,x', 'kernel=1,2,3,4,5,6,7,8,', 'kernel=1,2,3,4,5,6,7,8,9&by=0', 'kernel=1,2,3,4,5,6,7,8,1e9', 'kernel=none']) {
    assert.equal(read(wrong), null, wrong);
  }
  for (const kernel of PRESETS) {
    const params = new URLSearchParams('photo=abc&by=7');
    putKernel(params, kernel);
    assert.equal(presetOf(kernelOf(params)), kernel);
    assert.equal(params.get('photo'), 'abc');
  }
});

test('a kernel can be changed and resized', () => {
  const sharpen = preset('sharpen');
  const changed = withNumber(sharpen, 4, 6);
  assert.equal(presetOf(changed), undefined);
  assert.equal(gainOf(changed), 2);
  const larger = resized(sharpen, 5);
  assert.equal(larger.numbers.length, 25);
  assert.deepEqual(convolve(photo, larger).values, convolve(photo, sharpen).values);
  assert.equal(presetOf(resized(larger, 3)), sharpen);
});
