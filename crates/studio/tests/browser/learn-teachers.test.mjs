// Chapter 6: lessons, worksheets that print on one page each, answers.

import assert from 'node:assert/strict';
import axe from 'axe-core';
import { PHONE, story } from './studio.mjs';

const AT = { at: '/learn/teachers' };

/** The pages of what the person prints now. */
async function pagesOf(page) {
  const file = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
  return file.match(/\/Type\s*\/Page\b/g).length;
}

/** Presses a button that prints; the browser's own dialog does not open. */
async function press(page, name) {
  await page.evaluate(() => { window.print = () => {}; });
  await page.getByRole('button', { name }).click();
}

/** The texts that are on the paper. */
const printed = async (page) => {
  await page.emulateMedia({ media: 'print' });
  const text = await page.evaluate(() => document.body.innerText);
  await page.emulateMedia({ media: null });
  return text;
};

story('worksheets print one page each, and nothing else', AT, async ({ page }) => {
  await page.getByRole('radio', { name: 'Sheet 3' }).check();
  await press(page, 'Print this sheet');
  const sheet = await printed(page);
  assert(sheet.includes('Squares and features') && sheet.includes('Name'), sheet);
  for (const other of ['Orange or peach?', 'Answers', 'Gallery', 'Print this sheet']) assert(!sheet.includes(other), `${other} is on the paper`);

  await press(page, 'Print all 5 sheets');
  const all = await printed(page);
  assert.equal(all.match(/^Open \/learn\//gm).length, 5);
  assert(!all.includes('A line has only two sides'), 'the answers are on the paper');
  // A dark page prints black on white, too.
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  const [paper, ink] = await page.locator('.print-alone .sheet').first().evaluate((element) => [getComputedStyle(element).backgroundColor, getComputedStyle(element).color]);
  assert.deepEqual([paper, ink], ['rgb(255, 255, 255)', 'rgb(17, 17, 17)']);
  await page.emulateMedia({ media: null });
  assert.equal(await pagesOf(page), 5);

  await press(page, 'Print this sheet');
  assert.equal(await pagesOf(page), 1);
  await press(page, 'Print: 45 minutes: how does a machine decide?');
  assert.equal(await pagesOf(page), 1);
});

story('the numbers of a sheet and its answer agree', AT, async ({ page }) => {
  const grid = (at) => page.getByRole('region', { name: 'Sheet 2' }).locator('.sheet-grid').nth(at).locator('span').allInnerTexts();
  await page.getByRole('radio', { name: 'Sheet 2' }).check();
  const [pixels, kernel] = [await grid(0), await grid(1)].map((cells) => cells.map((cell) => Number(cell.replace('−', '-'))));
  const sum = pixels.reduce((all, pixel, at) => all + pixel * kernel[at], 0);
  await page.getByText('Sheet 2: A convolution is a filter').click();
  await page.getByText(`The sum is ${sum}.`).waitFor();
});

story('answers are closed until someone opens them', AT, async ({ page }) => {
  const answer = page.getByText('A line has only two sides', { exact: false });
  assert.equal(await answer.isVisible(), false);
  await page.getByText('Sheet 1: Orange or peach?').click();
  await answer.waitFor();
});

story('every address of the chapter leads somewhere', AT, async ({ page, studio }) => {
  await page.getByRole('heading', { name: 'Worksheets' }).waitFor();
  const addresses = await page.locator('.learn-teachers a[href^="/"]').evaluateAll((links) => [...new Set(links.map((link) => link.getAttribute('href')))]);
  assert(addresses.length > 15, addresses.join());
  for (const address of addresses) await studio.ask('GET', address);
});

for (const colorScheme of ['dark', 'light']) {
  story(`the chapter is for everyone, ${colorScheme}`, { ...AT, colorScheme, viewport: PHONE }, async ({ page }) => {
    await page.getByRole('heading', { name: 'Worksheets' }).waitFor();
    await page.getByText('oneiric studio --classroom').waitFor();
    for (const summary of await page.locator('.teachers-answers summary').all()) await summary.click();
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() => globalThis.axe.run());
    assert.deepEqual(violations.filter(({ impact }) => ['serious', 'critical'].includes(impact)).map(({ id, nodes }) => `${id}: ${nodes[0].html}`), []);
    await page.setViewportSize({ width: 320, height: 700 });
    assert(await page.locator('#view-learn').evaluate((view) => view.scrollWidth <= view.clientWidth), 'the chapter scrolls sideways');
  });
}
