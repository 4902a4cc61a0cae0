// The explorer: channels at a position in the photo, and dreams of a channel.

import assert from 'node:assert/strict';
import { picture } from './pictures.mjs';
import { dream, dreamOf, named } from './steps.mjs';
import { story, until } from './studio.mjs';

const CLICKS = 5;
/** Milliseconds within which the studio lists the channels at a position. */
const AT_ONCE = 300;

const AT = '/explorer';
const channelsOf = (page) => page.getByRole('list', { name: 'Channels', exact: true });
const channelsHere = (page) => page.getByRole('list', { name: 'Strongest channels here' });
const photoOf = (page) => page.getByRole('button', { name: 'Photo: choose a position' });

story('a click on the photo lists the strongest channels there at once', { at: AT, photo: picture() }, async ({ page }) => {
  await channelsOf(page).getByRole('button').first().waitFor();
  const times = [];
  for (let click = 0; click < CLICKS; click += 1) {
    const [answer] = await Promise.all([
      page.waitForResponse((response) => response.url().includes('/position?')),
      photoOf(page).click({ position: { x: 30 + click * 40, y: 40 + click * 20 } }),
    ]);
    await answer.finished();
    const { requestStart, responseEnd } = answer.request().timing();
    times.push(responseEnd - requestStart);
  }
  await until(async () => await channelsHere(page).getByRole('button').count() === 12);
  await page.getByText(/^Strongest at \d+ %, \d+ %: Channel \d+$/).waitFor();
  const median = times.sort((one, other) => one - other)[Math.floor(CLICKS / 2)];
  assert(median < AT_ONCE, `it took ${times.map(Math.round)} ms`);
});

story('arrow keys and Enter choose a position', { at: AT, photo: picture() }, async ({ page }) => {
  await channelsOf(page).getByRole('button').first().waitFor();
  await photoOf(page).focus();
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await page.getByText(/^Strongest at 60 %, 48 %/).waitFor();
});

story('another layer of another network has other channels', { at: AT, photo: picture() }, async ({ page, studio }) => {
  const { models } = await studio.get('/api/catalogue');
  const [first, second] = models;
  const countOf = (model, name) => model.layers.find((layer) => layer.name === name).channels;
  await page.getByRole('heading', { name: `${countOf(first, first.default_layer)} channels of ${first.default_layer}` }).waitFor();

  await page.getByRole('group', { name: 'Network' }).getByRole('radio', { name: second.title }).check({ force: true });
  const { name, channels } = second.layers[1];
  await page.locator(`[data-layer="${name}"]`).click();
  await page.getByRole('heading', { name: `${channels} channels of ${name}` }).waitFor();
  await until(async () => await channelsOf(page).getByRole('button').count() === channels);
});

story('a channel can be inspected and dreamed', { at: AT, photo: picture() }, async ({ page, studio }) => {
  const strongest = channelsOf(page).getByRole('button').first();
  const [, channel] = /^Channel (\d+),/.exec(await strongest.getAttribute('aria-label'));
  await strongest.click();
  await page.getByRole('heading', { name: new RegExp(`^Channel ${channel} of `) }).waitFor();
  await page.getByRole('img', { name: 'Where it responds in the photo' }).waitFor();
  await page.getByRole('link', { name: 'Dream this channel' }).click();

  await page.getByRole('heading', { name: new RegExp(`^channel ${channel} of `) }).waitFor();
  await page.getByRole('button', { name: /^Advanced/ }).click();
  const iterations = page.getByRole('textbox', { name: 'Iterations' });
  await page.getByText('How it grows', { exact: true }).click();
  await iterations.fill('2');
  await iterations.press('Enter');
  await page.keyboard.press('Escape');
  await dream(page);
  const { dreams: [{ look, filter }] } = await studio.get('/api/dreams');
  assert.deepEqual([look.preset, look.options.channel, filter], [null, [channel], 'custom']);
});

story('channels of the class layer have the names of the classes', { at: AT, photo: picture() }, async ({ page, studio, photo }) => {
  const { networks: [{ model, classes: [first] }] } = await studio.get(`/api/pictures/${photo.id}/classes`);
  await page.goto(`${studio.url}/explorer?photo=${photo.id}&model=${model}&layer=logits`);
  await page.getByText('Each channel is one number for the whole picture.').waitFor();
  await channelsOf(page).getByRole('button', { name: first.name }).first().click();
  await page.getByRole('heading', { name: `${first.name} of logits` }).waitFor();
  await photoOf(page).click();
  await page.getByText('This layer has one number for the whole picture. Choose an earlier layer to look at a position.').waitFor();
});

story('classes are shown for the photo and its dream', { at: AT, photo: picture(), prepare: dreamOf }, async ({ page, studio }) => {
  const { models } = await studio.get('/api/catalogue');
  for (const { title } of models) {
    const network = page.locator('.class-list section').filter({ has: page.getByRole('heading', { name: title }) });
    const bars = network.getByRole('listitem');
    await bars.first().waitFor();
    for (const text of await bars.allTextContents()) assert.match(text, /photo: .*dream: /);
  }
  for (const caption of ['Photo', 'Dream']) await page.getByRole('figure', { name: caption }).waitFor();
});
