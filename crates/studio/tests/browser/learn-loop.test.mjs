// Chapter 5 of Learn: the feedback loop, from beginning to end.

import assert from 'node:assert/strict';
import axe from 'axe-core';
import { lookOf } from '../../web/js/learn/loop/looks.js';
import { picture } from './pictures.mjs';
import { placesIn } from './steps.mjs';
import { PHONE, story, until } from './studio.mjs';

const AT = '/learn/loop';
const PHOTO = picture();
const MOST_TABS = 120;

const part = (page, name) => page.getByRole('group', { name, exact: true });
const bench = (page) => part(page, 'The loop by hand');
const control = (page, name) => bench(page).getByRole('button', { name, exact: true });
const layer = (page, name) => page.getByRole('radiogroup', { name: 'Layer' }).getByRole('radio', { name });
const film = (page) => page.getByRole('list', { name: 'Film of the dream' });
const frame = (page, step) => film(page).getByRole('button', { name: new RegExp(`^Step ${step}: `) });
const now = (page, step) => bench(page).getByRole('img', { name: `The photo after ${step} steps`, exact: true });
const gradient = (page, step) => bench(page).getByRole('img', { name: `The gradient after ${step} steps, on grey`, exact: true });
const answer = (page, name) => page.getByRole('button', { name, exact: true });
const shift = (page) => part(page, 'With and without the shift');
const small = (page) => part(page, 'With and without small sizes');

/** Waits until both dreams of a comparison are at their last step. */
const finished = (figure) => figure.getByText('Step 40 of 40').waitFor();

/** What is drawn in a canvas. */
const drawn = (canvas) => canvas.evaluate((element) => element.toDataURL());

async function answerQuestions(page) {
  await answer(page, 'The photo').click();
  await answer(page, 'No').click();
  await page.getByRole('link', { name: 'The feedback loop finished' }).waitFor();
}

/** Presses Tab until an element has the focus. */
async function tabTo(page, wanted) {
  for (let press = 0; press < MOST_TABS; press += 1) {
    await page.keyboard.press('Tab');
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
  }
  assert.fail(`the Tab key does not come to ${wanted}`);
}

async function findings(page) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html.slice(0, 160)} (${failureSummary})`).join(' | ')}`);
}

story('the chapter on the feedback loop, done with the pointer', { at: AT, photo: PHOTO }, async ({ page, studio, photo }) => {
  // What the network sees, and the layers.
  await now(page, 0).waitFor();
  const classes = page.getByRole('list', { name: 'What the network sees' }).getByRole('listitem');
  await until(async () => await classes.count() === 5, 'the classes');
  await gradient(page, 0).waitFor();
  assert(await control(page, 'Back').isDisabled());

  // One step, and the numbers of the studio.
  await layer(page, /^Eyes and fur/).check({ force: true });
  await until(async () => (await page.evaluate(() => location.search)).includes('layer=eyes'));
  await control(page, 'Step').click();
  await now(page, 1).waitFor();
  await gradient(page, 1).waitFor();
  const look = encodeURIComponent(JSON.stringify(lookOf('fire6')));
  const { moments } = await studio.get(`/api/learn/loop/${photo.id}?look=${look}&to=1`);
  const times = Math.exp((moments[1].strength - moments[0].strength) / 100).toPrecision(2);
  await bench(page).getByText(`The layer responds ${Number(times)} times as strongly as at the start.`).waitFor();
  const change = moments[1].largest_change * 255;
  await bench(page).getByText(`The largest change in this step is ${change < 10 ? Number(change.toPrecision(2)) : Math.round(change)} of 255.`).waitFor();

  // Back and forth, along the film, and to the end.
  await control(page, 'Step').click();
  await now(page, 2).waitFor();
  await control(page, 'Back').click();
  await now(page, 1).waitFor();
  await frame(page, 2).click();
  await now(page, 2).waitFor();
  await control(page, 'Run').click();
  await control(page, 'Pause').click();
  await control(page, 'Run').click();
  await now(page, 40).waitFor();
  await bench(page).getByText('The dream is done.').waitFor();
  assert(await control(page, 'Step').isDisabled());
  assert.equal(await film(page).getByRole('button').count(), 41);

  // With the second trick the first pictures are smaller.
  await page.getByRole('switch', { name: 'Trick two: start small' }).check();
  await control(page, 'Restart').click();
  await bench(page).getByText(/^Step 0 of 40\. Size 1 of 4: 47 × 35 pixels$/).waitFor();

  // Why there are two tricks: first a guess.
  assert(await shift(page).isHidden());
  await answer(page, 'Nothing changes.').click();
  await page.getByText('Not quite.').waitFor();
  await shift(page).scrollIntoViewIfNeeded();
  await finished(shift(page));
  const magnified = shift(page).getByRole('img', { name: 'Without, magnified' });
  const before = await drawn(magnified);
  assert.notEqual(before, await drawn(shift(page).getByRole('img', { name: 'With the shift, magnified' })));
  const [from, to] = await placesIn(shift(page).getByRole('img', { name: 'Without', exact: true }), [0.2, 0.3], [0.7, 0.6]);
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 4 });
  await page.mouse.up();
  assert.notEqual(await drawn(magnified), before);

  await answer(page, 'More and smaller things').click();
  await small(page).scrollIntoViewIfNeeded();
  await finished(small(page));
  await small(page).getByRole('slider', { name: 'Step' }).fill('0');
  await small(page).getByText('Size 1 of 4: 47 × 35 pixels').waitFor();

  // Other networks, the questions, and the dream itself.
  for (const name of ['dogs', 'eyeballs', 'paintings']) {
    const image = page.getByRole('img', { name: `The dream of the ${name}` });
    await image.scrollIntoViewIfNeeded();
    await until(() => image.evaluate((element) => element.naturalWidth > 0), name);
  }
  await answerQuestions(page);
  await page.getByRole('link', { name: 'Dream your photo with both tricks' }).click();
  await page.getByRole('img', { name: 'Photo: waves.png' }).waitFor();
  await page.getByRole('heading', { name: 'fire6' }).waitFor();
});

story('the chapter on the feedback loop, done with the keyboard', { at: AT, photo: PHOTO }, async ({ page }) => {
  await now(page, 0).waitFor();
  await tabTo(page, layer(page, /^Animals/));
  await page.keyboard.press('ArrowLeft');
  assert(await layer(page, /^Eyes and fur/).isChecked());
  await tabTo(page, control(page, 'Step'));
  await page.keyboard.press('Enter');
  await now(page, 1).waitFor();
  await page.keyboard.press('Enter');
  await now(page, 2).waitFor();
  await tabTo(page, frame(page, 2));
  await page.keyboard.press('ArrowLeft');
  await now(page, 1).waitFor();
  await page.keyboard.press('Home');
  await now(page, 0).waitFor();
  await tabTo(page, page.getByRole('switch', { name: 'Trick one: shift the photo' }));
  await page.keyboard.press('Space');
  await until(async () => (await page.evaluate(() => location.search)).includes('shift=0'));

  await tabTo(page, answer(page, 'Hard specks grow.'));
  await page.keyboard.press('Enter');
  await tabTo(page, shift(page).getByRole('button', { name: 'Magnifier, Without: arrow keys move it' }));
  await finished(shift(page));
  const magnified = shift(page).getByRole('img', { name: 'Without, magnified' });
  const before = await drawn(magnified);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  assert.notEqual(await drawn(magnified), before);
  await tabTo(page, answer(page, 'More and smaller things'));
  await page.keyboard.press('Enter');
  await tabTo(page, small(page).getByRole('slider', { name: 'Step' }));
  await finished(small(page));
  await page.keyboard.press('ArrowLeft');
  await small(page).getByText('Step 39 of 40').waitFor();
  await tabTo(page, answer(page, 'The photo'));
  await page.keyboard.press('Enter');
  await tabTo(page, answer(page, 'No'));
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'The feedback loop finished' }).waitFor();
});

story('the chapter on the feedback loop, done on a phone', { at: AT, photo: PHOTO, viewport: PHONE, hasTouch: true, isMobile: true }, async ({ page }) => {
  await now(page, 0).waitFor();
  await control(page, 'Step').tap();
  await now(page, 1).waitFor();
  await control(page, 'Run').tap();
  await now(page, 40).waitFor();
  await frame(page, 20).tap();
  await now(page, 20).waitFor();
  await answer(page, 'Hard specks grow.').tap();
  await shift(page).scrollIntoViewIfNeeded();
  await finished(shift(page));
  await answer(page, 'More and smaller things').tap();
  await small(page).scrollIntoViewIfNeeded();
  await finished(small(page));
  await answerQuestions(page);
  const wide = await page.locator('#view-learn').evaluate((view) => view.scrollWidth - view.clientWidth);
  assert(wide <= 0, `the chapter is ${wide} pixels too wide`);
});

story('an address opens a layer at a step, and another photo begins anew', { at: `${AT}?layer=patterns&step=3&shift=0`, photo: null }, async ({ page, studio }) => {
  await now(page, 3).waitFor();
  assert(await layer(page, /^Patterns/).isChecked());
  assert.equal(await page.getByRole('switch', { name: 'Trick one: shift the photo' }).isChecked(), false);
  const before = await now(page, 3).getAttribute('src');
  await page.getByLabel('Another photo').first().setInputFiles(picture('other.png', { seed: 3 }));
  await now(page, 0).waitFor();
  assert.notEqual((await now(page, 0).getAttribute('src')).split('/')[4], before.split('/')[4]);
  assert(await layer(page, /^Patterns/).isChecked());
  await page.goto(`${studio.url}/learn/loop?layer=eyes&step=900`);
  await now(page, 40).waitFor();
});

for (const colorScheme of ['dark', 'light']) {
  story(`the chapter on the feedback loop is accessible to screen readers, ${colorScheme}`, { at: `${AT}?step=2`, photo: null, colorScheme }, async ({ page }) => {
    await now(page, 2).waitFor();
    await answer(page, 'Hard specks grow.').click();
    await answer(page, 'More and smaller things').click();
    await shift(page).scrollIntoViewIfNeeded();
    await finished(shift(page));
    assert.deepEqual(await findings(page), []);
  });
}
