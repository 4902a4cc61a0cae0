// The explorer: channels at a position in the photo, and dreams of a channel.

import assert from 'node:assert/strict';
import { picture } from './pictures.mjs';
import { dream, dreamOf, named } from './steps.mjs';
import { DESKTOP, story, until } from './studio.mjs';

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

story('the spot stays while layers change, and the frame of what a layer sees grows', { at: AT, photo: picture() }, async ({ page, studio, photo }) => {
  await channelsOf(page).getByRole('button').first().waitFor();
  const frame = page.locator('.stage-field');
  const sides = async () => {
    const { width, height } = await frame.boundingBox();
    return width * height;
  };
  await page.locator('[data-layer="block2"]').click();
  await photoOf(page).click({ position: { x: 60, y: 50 } });
  await page.getByText(/^Here block2 sees 19 × 19 pixels\./).waitFor();
  const { spot } = Object.fromEntries(new URL(page.url()).searchParams);
  const small = await sides();
  await page.locator('[data-layer="block5"]').click();
  const [x, y] = spot.split(',');
  const { layers } = await studio.get(`/api/receptive-fields/${photo.id}/lite0?x=${x}&y=${y}`);
  const { size: [width, height] } = layers.find(({ layer }) => layer === 'block5');
  await page.getByText(`Here block5 sees ${width} × ${height} pixels.`).waitFor();
  assert.equal(new URL(page.url()).searchParams.get('spot'), spot);
  assert(await sides() > small);
  assert.equal(await channelsHere(page).getByRole('button').count(), 12);

  await page.reload();
  await page.getByText(`Here block5 sees ${width} × ${height} pixels.`).waitFor();
});

story('a channel shows real pictures and what feeds it, down to the colours', { at: AT, photo: picture() }, async ({ page, studio, photo }) => {
  await page.goto(`${studio.url}/explorer?photo=${photo.id}&model=squeezenet&layer=fire2&channel=70`);
  const patches = page.getByRole('list', { name: 'Parts of real pictures that excite it most' });
  await until(async () => await patches.getByRole('button').count() === 9);
  await patches.getByRole('button').first().click();
  await page.getByRole('dialog').getByRole('img', { name: /^The whole picture: / }).waitFor();
  await page.keyboard.press('Escape');

  const inputs = page.getByRole('list', { name: 'What feeds it' });
  const { all, inputs: [first] } = await studio.get('/api/channels/squeezenet/fire2/70/inputs');
  await page.getByText(`${all} channels; these have the strongest weights.`).waitFor();
  await inputs.getByRole('button', { name: `fire2.squeeze ${first.channel} 3 × 3, sum ${first.weight.toFixed(2)}` }).click();
  await page.getByRole('heading', { name: `Channel ${first.channel} of fire2.squeeze` }).waitFor();
  await inputs.getByRole('button', { name: /^conv1 \d+/ }).first().click();
  await page.getByRole('heading', { name: /^Channel \d+ of conv1$/ }).waitFor();
  for (const colour of ['red', 'green', 'blue']) await inputs.getByText(`${colour} of the picture`).waitFor();
});

story('a tour of six steps is offered once, and works with the keyboard', { at: AT, photo: picture() }, async ({ page }) => {
  await channelsOf(page).getByRole('button').first().waitFor();
  await page.getByRole('button', { name: 'Take the tour' }).press('Enter');
  for (const [at, title] of ['The layers', 'The channels', 'A spot of your photo', 'Deeper', 'What a channel likes', 'What feeds a channel'].entries()) {
    const step = page.getByRole('dialog', { name: title });
    await step.getByText(`Step ${at + 1} of 6`).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.textContent), title);
    await page.keyboard.press('ArrowRight');
  }
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Tour');
  await page.getByRole('list', { name: 'What feeds it' }).getByRole('listitem').first().waitFor();

  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'The layers' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await page.reload();
  await channelsOf(page).getByRole('button').first().waitFor();
  assert(!await page.getByRole('button', { name: 'Take the tour' }).isVisible());
});

story('the first channels are on the screen, and a sentence says what the layer does', { at: AT, photo: picture() }, async ({ page }) => {
  const first = channelsOf(page).getByRole('button').first();
  await first.waitFor();
  const { y, height } = await first.boundingBox();
  assert(y + height < DESKTOP.height, `the first channel ends at ${y + height}`);
  await page.getByText('Block: mixes the many channels inside it into a few').waitFor();
  await page.locator('[data-layer="stem"]').click();
  await page.getByText('Stem: the first look.').waitFor();
});
