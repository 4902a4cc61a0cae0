// The queue: order, pause, cancel.

import assert from 'node:assert/strict';
import { picture } from './pictures.mjs';
import { LONG, QUICK, beginDream, named } from './steps.mjs';
import { story, until } from './studio.mjs';

const PHOTO = picture();

/** Adds three dreams to a paused queue. */
async function threeWaiting(studio, photo) {
  await studio.post('/api/queue', { paused: true });
  for (const name of ['first', 'second', 'third']) await studio.post('/api/jobs', { photo: photo.id, name, look: QUICK });
}

/** Waits until a list of the drawer has these names. */
async function lists(page, list, ...wanted) {
  const items = page.getByRole('list', { name: list, exact: true }).locator('strong');
  await until(async () => (await items.allTextContents()).join() === wanted.join(), `${list}: ${wanted}`);
}

/** A button of a job in the list. */
function tool(page, job, name) {
  return page.getByRole('listitem').filter({ hasText: job }).getByRole('button', { name, exact: true });
}

async function openQueue(page) {
  await named(page).queue.click();
  await page.getByRole('heading', { name: 'Queue', exact: true }).waitFor();
}

story('waiting dreams can be reordered and cancelled', { photo: PHOTO, prepare: threeWaiting }, async ({ page, studio }) => {
  const { button } = named(page);
  await openQueue(page);
  await lists(page, 'Waiting', 'first', 'second', 'third');
  await tool(page, 'third', 'Move up').click();
  await lists(page, 'Waiting', 'first', 'third', 'second');
  await tool(page, 'first', 'Move down').click();
  await lists(page, 'Waiting', 'third', 'first', 'second');
  await tool(page, 'first', 'Cancel').click();
  await lists(page, 'Waiting', 'third', 'second');

  await button('Resume').click();
  await until(async () => (await studio.get('/api/dreams')).total === 2, 'two dreams');
  const { dreams } = await studio.get('/api/dreams');
  assert.deepEqual(dreams.map(({ name }) => name), ['second', 'third']);
  await lists(page, 'Waiting');
});

story('the queue is kept when the page is closed', { photo: PHOTO, prepare: threeWaiting }, async ({ page, studio, context }) => {
  await openQueue(page);
  await tool(page, 'third', 'Move up').click();
  await lists(page, 'Waiting', 'first', 'third', 'second');
  await page.close();

  const later = await context.newPage();
  await later.goto(studio.url);
  await openQueue(later);
  await later.getByText('3 unfinished, paused').waitFor({ state: 'attached' });
  await lists(later, 'Waiting', 'first', 'third', 'second');
});

story('a job can be dragged to another position', { photo: PHOTO, prepare: threeWaiting }, async ({ page, studio }) => {
  await openQueue(page);
  await lists(page, 'Waiting', 'first', 'second', 'third');
  const item = (name) => page.getByRole('list', { name: 'Waiting' }).getByRole('listitem').filter({ hasText: name });
  await item('third').dragTo(item('first'), { targetPosition: { x: 60, y: 4 } });
  await lists(page, 'Waiting', 'third', 'first', 'second');
  const { jobs } = await studio.get('/api/jobs');
  assert.deepEqual(jobs.slice(0, 3).map(({ name }) => name), ['third', 'first', 'second']);
});

story('a dream in a paused queue shows why it waits and can be resumed', { photo: PHOTO, look: QUICK, prepare: (studio) => studio.post('/api/queue', { paused: true }) }, async ({ page }) => {
  const { dream: button, divider } = named(page);
  await button.click();
  await page.getByText('The queue is paused', { exact: true }).and(page.locator('.progress-text')).waitFor();
  await page.getByRole('region', { name: 'Picture' }).or(page.locator('.stage-bar')).getByRole('button', { name: 'Resume' }).click();
  await divider.waitFor();
});

story('the queue can be paused and resumed', { photo: PHOTO, look: LONG }, async ({ page, studio }) => {
  await beginDream(page);
  await openQueue(page);
  const { button } = named(page);
  await button('Pause').click();
  await button('Resume').waitFor();
  assert((await studio.get('/api/jobs')).paused);
  await button('Resume').click();
  await button('Pause').waitFor();

  // The running dream is also shown in the drawer and can be cancelled there.
  const running = page.getByRole('list', { name: 'Running' });
  await running.getByRole('progressbar', { name: 'Progress of waves' }).waitFor();
  await running.getByRole('button', { name: 'Cancel' }).click();
  await lists(page, 'Running');
});
