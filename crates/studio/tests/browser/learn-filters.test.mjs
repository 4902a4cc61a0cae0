// Chapter 2 of Learn: kernels on the visitor's photo, from beginning to end.

import assert from 'node:assert/strict';
import axe from 'axe-core';
import { preset } from '../../web/js/learn/filters/presets.js';
import { picture } from './pictures.mjs';
import { PHONE, story, until } from './studio.mjs';

const AT = '/learn/filters';
const PHOTO = picture();
/** Milliseconds from a key press until the result is drawn. */
const AT_ONCE = 50;

const section = (page, name) => page.locator('.learn-section').filter({ has: page.getByRole('heading', { name, exact: true, level: 2 }) });
const number = (page, row, column) => page.getByRole('group', { name: 'The numbers of the kernel' }).getByLabel(`Row ${row}, column ${column}`);
const filter = (page, name) => page.getByRole('radiogroup', { name: 'Filter' }).getByRole('radio', { name, exact: true });
const result = (page) => section(page, 'Change the numbers').getByRole('img', { name: /^Your photo after the kernel: / });
const part = (page, name) => page.getByRole('application', { name });
const windowOf = (page) => part(page, /^Window on the photo/);
const mapOf = (page) => part(page, /^The last map/);
const products = (page) => page.getByRole('list', { name: 'The products' }).getByRole('listitem');
const choice = (page, group, name) => page.getByRole('radiogroup', { name: group }).getByRole('radio', { name, exact: true });

/** The numbers of a list item such as "114 × −1 = −114". */
const numbersIn = (text) => text.replaceAll('−', '-').match(/-?\d+(\.\d+)?/g).map(Number);

/** The pixels of a canvas. */
const pixelsOf = (canvas) => canvas.evaluate((element) => [...element.getContext('2d').getImageData(0, 0, element.width, element.height).data]);

/** The window's sum, as it is shown, is that of the products beside it. */
async function checkSum(page) {
  const rows = (await products(page).allTextContents()).map(numbersIn);
  for (const [pixel, weight, product] of rows) assert.equal(pixel * weight, product);
  const total = rows.reduce((sum, [, , product]) => sum + product, 0);
  assert.equal(numbersIn(await page.locator('.filters-terms').textContent())[0], total);
  return rows;
}

const finished = (page) => page.getByRole('navigation', { name: 'Chapters' }).getByRole('link', { name: /^A convolution is a filter.*finished$/ }).waitFor();

async function answerQuestions(page) {
  const last = section(page, 'Two questions');
  await last.getByRole('button', { name: 'It turns black.' }).click();
  await last.getByRole('button', { name: '50 × 50' }).click();
  assert.equal(await last.getByText('Right.').count(), 2);
  await finished(page);
}

story('the chapter on filters, done with the pointer', { at: AT, photo: PHOTO }, async ({ page, studio }) => {
  await filter(page, 'Sharpen').waitFor();
  await until(async () => await filter(page, 'Sharpen').isChecked());

  // First a guess; then the result takes the place of the question mark.
  await section(page, 'Nine numbers').getByText('?', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'It keeps only the edges.' }).click();
  await page.getByRole('img', { name: 'Your photo after the kernel: bright edges on black' }).waitFor();

  // A preset, then a number of it.
  await filter(page, 'Blur').check({ force: true });
  await result(page).and(page.getByLabel('Your photo after the kernel: Blur')).waitFor();
  assert.equal(await number(page, 2, 2).inputValue(), '4');
  await number(page, 2, 2).click();
  await page.getByRole('button', { name: 'One more' }).click();
  assert.equal(await number(page, 2, 2).inputValue(), '5');
  assert(await filter(page, 'Your own').isChecked());
  await page.getByText('Sum 1.06.').waitFor();

  // The address is the kernel: whoever opens it has the same numbers.
  await until(() => new URL(page.url()).searchParams.get('kernel') === '1,2,1,2,5,2,1,2,1', 'the kernel in the address');
  await page.reload();
  await until(async () => await number(page, 2, 2).inputValue() === '5');
  assert.equal(await page.getByRole('spinbutton', { name: 'Divide by' }).inputValue(), '16');

  // The window: nine pixels, nine products, their sum.
  assert.equal(await products(page).count(), 9);
  const before = await checkSum(page);
  await windowOf(page).click({ position: { x: 80, y: 230 } });
  const after = await checkSum(page);
  assert.notDeepEqual(after, before);
  await choice(page, 'Look at', 'Blue').check({ force: true });
  assert.notDeepEqual(await checkSum(page), after);
  await choice(page, 'Look at', 'All colours').check({ force: true });
  assert.equal(numbersIn(await products(page).first().textContent()).length, 7);

  // Switches: half the size, half again, and two kernels on top of each other.
  const maps = page.getByRole('list', { name: 'From the photo to the last map, to scale' }).getByRole('listitem');
  const sizes = async () => (await maps.allTextContents()).map((text) => text.replace(/\D+/, ''));
  assert.deepEqual(await sizes(), ['128 × 96', '128 × 96', '64 × 48']);
  await page.getByRole('group', { name: 'First kernel' }).getByRole('radio', { name: '2', exact: true }).check({ force: true });
  await until(async () => (await sizes())[2] === '32 × 24');
  await page.getByRole('switch', { name: 'Stack a second kernel' }).check();
  await until(async () => (await sizes()).length === 4);
  await page.getByRole('group', { name: 'Stack a second kernel' }).getByRole('radio', { name: 'None' }).check({ force: true });
  await until(async () => (await sizes())[3] === '28 × 20');
  await page.getByText(/^This one value has seen 21 × 21 pixels/).waitFor();

  // Puzzles: a wrong guess shows what that kernel makes; the right one leads on.
  const puzzle = section(page, 'Which kernel made this?');
  const kernels = puzzle.getByRole('button', { name: /^Kernel: / });
  const rights = [1, 0, 2, 1, 0, 1];
  await kernels.nth(0).click();
  await puzzle.getByText('This kernel makes the small picture. Try another one.').waitFor();
  for (const [at, right] of rights.entries()) {
    await puzzle.getByText(`Puzzle ${at + 1} of 6`).waitFor();
    await kernels.nth(right).click();
    await puzzle.getByText('Right.').waitFor();
    if (at < rights.length - 1) await puzzle.getByRole('button', { name: 'Next puzzle' }).click();
  }
  await puzzle.getByText('5 of 6 at the first guess.').waitFor();

  // The network's own kernels.
  const { models: [first, second] } = await studio.get('/api/catalogue');
  const own = section(page, 'Nobody typed these numbers');
  await own.scrollIntoViewIfNeeded();
  const tiles = own.getByRole('list', { name: 'All first kernels with their maps' }).getByRole('button');
  const countOf = async (model) => (await studio.get(`/api/models/${model}/kernels`)).channels;
  await until(async () => await tiles.count() === await countOf(first.name));
  await own.getByRole('radio', { name: second.title }).check({ force: true });
  await until(async () => await tiles.count() === await countOf(second.name));
  await tiles.nth(3).click();
  await own.getByRole('heading', { name: 'Kernel 3' }).waitFor();
  await own.getByRole('img', { name: /^Where Oneiric finds it in your photo/ }).waitFor();

  await answerQuestions(page);
});

/** Presses Tab until an element has the focus. */
async function tabTo(page, wanted) {
  for (let press = 0; press < 60; press += 1) {
    await page.keyboard.press('Tab');
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
  }
  assert.fail(`the Tab key does not come to ${wanted}`);
}

story('the chapter on filters, done with the keyboard alone', { at: AT, photo: PHOTO }, async ({ page }) => {
  await until(async () => await filter(page, 'Sharpen').isChecked());
  await tabTo(page, page.getByRole('button', { name: 'It keeps only the edges.' }));
  await page.keyboard.press('Enter');

  await tabTo(page, filter(page, 'Sharpen'));
  await page.keyboard.press('ArrowRight');
  assert(await filter(page, 'Edges').isChecked());
  await tabTo(page, number(page, 1, 1));
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  assert.equal(await number(page, 1, 1).inputValue(), '-1.1');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('2');
  await page.getByText('Sum 2.').waitFor();

  await tabTo(page, windowOf(page));
  const before = await checkSum(page);
  await page.keyboard.press('ArrowRight');
  const after = await checkSum(page);
  // The pixels have moved to the left by one.
  assert.deepEqual([after[0][0], after[1][0]], [before[1][0], before[2][0]]);
  await page.getByRole('status').filter({ hasText: /^Column \d+, row \d+\. The sum is / }).waitFor({ state: 'attached' });

  await tabTo(page, page.getByRole('switch', { name: 'ReLU' }).first());
  await page.keyboard.press('Space');
  await tabTo(page, mapOf(page));
  await page.keyboard.press('Shift+ArrowLeft');
  await page.getByRole('status').filter({ hasText: /It has seen 4 × 4 pixels\.$/ }).waitFor({ state: 'attached' });

  const puzzle = section(page, 'Which kernel made this?');
  await tabTo(page, puzzle.getByRole('button', { name: /^Kernel: / }).nth(1));
  await page.keyboard.press('Enter');
  await tabTo(page, puzzle.getByRole('button', { name: 'Next puzzle' }));
  await page.keyboard.press('Enter');
  await puzzle.getByText('Puzzle 2 of 6').waitFor();

  const tiles = page.getByRole('list', { name: 'All first kernels with their maps' }).getByRole('button');
  await section(page, 'Nobody typed these numbers').scrollIntoViewIfNeeded();
  await tiles.first().waitFor();
  await tabTo(page, tiles.first());
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Kernel 1' }).waitFor();

  await tabTo(page, page.getByRole('button', { name: 'It turns black.' }));
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByRole('button', { name: '50 × 50' }));
  await page.keyboard.press('Enter');
  await finished(page);
});

story('the chapter on filters, done on a phone', { at: AT, photo: PHOTO, viewport: PHONE, hasTouch: true, isMobile: true }, async ({ page }) => {
  await until(async () => await filter(page, 'Sharpen').isChecked());
  await page.getByRole('button', { name: 'It blurs the photo.' }).tap();
  await page.getByText('Not quite.').waitFor();
  await filter(page, 'Outline').check({ force: true });
  await number(page, 3, 3).tap();
  await page.getByRole('button', { name: 'One less' }).tap();
  assert.equal(await number(page, 3, 3).inputValue(), '-2');
  await choice(page, 'Size', '5 × 5').check({ force: true });
  await until(async () => await products(page).count() === 25);
  await windowOf(page).tap({ position: { x: 60, y: 60 } });
  await checkSum(page);
  const puzzle = section(page, 'Which kernel made this?');
  await puzzle.getByRole('button', { name: /^Kernel: / }).nth(1).tap();
  await puzzle.getByText('Right.').waitFor();
  await section(page, 'Nobody typed these numbers').scrollIntoViewIfNeeded();
  await page.getByRole('list', { name: 'All first kernels with their maps' }).getByRole('button').first().waitFor();
  for (const width of [PHONE.width, 320]) {
    await page.setViewportSize({ width, height: PHONE.height });
    const [seen, wanted] = await page.locator('#view-learn').evaluate((view) => [view.clientWidth, view.scrollWidth]);
    assert(wanted <= seen, `${wanted} in ${seen}`);
  }
  await answerQuestions(page);
});

story('a kernel in the address is shown, and its result is that of the page\'s own code', { at: AT, photo: PHOTO }, async ({ page, studio, photo }) => {
  await page.goto(`${studio.url}${AT}?photo=${photo.id}&kernel=0,0,0,0,1,0,0,0,0`);
  await result(page).and(page.getByLabel('Your photo after the kernel: No change')).waitFor();
  const before = await pixelsOf(page.getByRole('img', { name: 'Your photo', exact: true }).nth(1));
  assert.deepEqual(await pixelsOf(result(page)), before);
  await page.goto(`${studio.url}${AT}?photo=${photo.id}&kernel=0,0,0,0,1,0,0,0,0&by=2`);
  await result(page).and(page.getByLabel('Your photo after the kernel: Your own')).waitFor();
  const half = before.map((value, at) => (at % 4 === 3 ? 255 : value / 2));
  (await pixelsOf(result(page))).forEach((value, at) => assert(Math.abs(value - half[at]) <= 0.5));
  await page.goto(`${studio.url}${AT}?photo=${photo.id}&kernel=emboss`);
  await until(async () => await number(page, 1, 1).inputValue() === String(preset('emboss').numbers[0]));

  // Another photo takes the place of the one in the address, and the kernel stays.
  await page.getByRole('button', { name: 'A drawn landscape' }).click();
  await until(() => new URL(page.url()).searchParams.get('photo') !== photo.id, 'another photo in the address');
  await until(() => result(page).evaluate((canvas) => canvas.width === 480));
  assert.equal(await number(page, 1, 1).inputValue(), '-2');
});

story('a number that is changed changes the photo at once', { at: AT, photo: picture('large.png', { width: 480, height: 320 }) }, async ({ page }) => {
  await until(async () => await filter(page, 'Sharpen').isChecked());
  await choice(page, 'Size', '5 × 5').check({ force: true });
  await number(page, 3, 3).focus();
  const times = await page.evaluate(async () => {
    const field = document.activeElement;
    const frame = () => new Promise((done) => { requestAnimationFrame(done); });
    const taken = [];
    for (let press = 0; press < 9; press += 1) {
      await frame();
      const start = performance.now();
      field.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowUp', bubbles: true, cancelable: true }));
      await frame();
      taken.push(performance.now() - start);
    }
    return taken;
  });
  // The best of them, as the machine may be busy with something else.
  assert(Math.min(...times) < AT_ONCE, `it took ${times.map(Math.round)} ms`);
});

/** The serious findings of axe. */
async function findings(page) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html.slice(0, 160)} (${failureSummary.split('\n')[1]?.trim()})`).join(' | ')}`);
}

for (const colorScheme of ['dark', 'light']) {
  story(`the chapter on filters is accessible to screen readers, ${colorScheme}`, { at: AT, photo: PHOTO, colorScheme }, async ({ page }) => {
    await until(async () => await filter(page, 'Sharpen').isChecked());
    await page.getByRole('button', { name: 'It keeps only the edges.' }).click();
    await page.getByRole('switch', { name: 'Stack a second kernel' }).check();
    await section(page, 'Which kernel made this?').getByRole('button', { name: /^Kernel: / }).nth(0).click();
    await section(page, 'Nobody typed these numbers').scrollIntoViewIfNeeded();
    await page.getByRole('list', { name: 'All first kernels with their maps' }).getByRole('button').first().waitFor();
    assert.deepEqual(await findings(page), []);
  });
}
