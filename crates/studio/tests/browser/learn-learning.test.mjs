// Chapter 4 of Learn: a network learns in view. From beginning to end.

import assert from 'node:assert/strict';
import { findings, tooWide } from './checks.mjs';
import { PHONE, story, until } from './studio.mjs';

/** The lesson with few pictures takes least time. */
const AT = '/learn/learning?try=few';
const STEPS = 800;

const lab = (page) => page.getByRole('group', { name: 'A network that learns' });
const button = (place, name) => place.getByRole('button', { name, exact: true });
const place = (page) => lab(page).getByRole('slider', { name: 'Step of the lesson' });
const results = (page) => page.getByRole('region', { name: 'Results of the lessons' });

/** Waits until the lesson has been shown to its end. */
const end = (page) => button(lab(page), 'Again').waitFor();

async function answerQuestions(page, press = (one) => one.click()) {
  await press(page.getByRole('button', { name: 'Its own pictures by heart' }));
  await press(page.getByRole('button', { name: 'No: it needs many pictures and answers, and you need a few' }));
  await page.getByRole('link', { name: 'Learning from hundreds of pictures finished' }).waitFor();
}

story('the chapter on learning, done with the pointer', { at: AT }, async ({ page }) => {
  await page.getByRole('button', { name: 'About half of them' }).click();
  await lab(page).getByRole('radio', { name: 'Fast' }).check({ force: true });
  await button(lab(page), 'Start').click();
  await end(page);
  await lab(page).getByText(`Step ${STEPS} of ${STEPS}`).waitFor();
  await lab(page).getByText('16 of 16 right').waitFor();

  // Back and forth.
  await button(lab(page), 'One step back').click();
  await lab(page).getByText(`Step ${STEPS - 1} of ${STEPS}`).waitFor();
  await button(lab(page), 'One step forwards').click();
  await lab(page).getByText(`Step ${STEPS} of ${STEPS}`).waitFor();

  // Five pictures are not enough for new ones.
  const all = Number.parseInt(await results(page).getByRole('row', { name: /^Only five of each/ }).getByRole('cell').first().textContent(), 10);
  assert(all < 80, `${all} %`);

  // The mistakes are in the table, and a cell shows its pictures.
  const cell = page.getByRole('button', { name: /^\d+ pictures? of not a dog, named dog$/ });
  const [, count] = /^(\d+)/.exec(await cell.getAttribute('aria-label'));
  await cell.click();
  await until(async () => await page.getByRole('list', { name: 'Pictures of this cell' }).getByRole('listitem').count() === Number(count));

  await page.getByRole('list', { name: 'Photos of things that it never saw' }).getByText(/% sure/).first().waitFor();
  await page.getByRole('img', { name: 'Your network' }).waitFor();
  await page.getByRole('img', { name: 'The eyeball network' }).waitFor();
  await answerQuestions(page);
  assert.deepEqual(await findings(page), []);
});

story('the chapter on learning, done by keyboard alone', { at: AT }, async ({ page }) => {
  const press = async (one, key = 'Enter') => {
    await one.focus();
    await page.keyboard.press(key);
  };
  await press(page.getByRole('button', { name: 'About half of them' }));
  await press(button(lab(page), 'One step forwards'));
  await lab(page).getByText(`Step 1 of ${STEPS}`).waitFor();
  await lab(page).getByRole('radio', { name: 'Normal' }).focus();
  await page.keyboard.press('ArrowRight');
  await press(button(lab(page), 'Go on'));
  await end(page);
  await press(place(page), 'Home');
  await lab(page).getByText(`Step 0 of ${STEPS}`).waitFor();
  await press(place(page), 'End');
  await lab(page).getByText(`Step ${STEPS} of ${STEPS}`).waitFor();
  await answerQuestions(page, press);
});

story('the chapter on learning on a phone', { at: AT, viewport: PHONE, hasTouch: true }, async ({ page }) => {
  await button(lab(page), 'One step forwards').tap();
  await lab(page).getByText(`Step 1 of ${STEPS}`).waitFor();
  assert.deepEqual(await tooWide(page), []);
  assert.deepEqual(await findings(page), []);
});
