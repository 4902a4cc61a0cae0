// The dream view: a picture comes in, a filter is chosen, a dream grows, and what can be done with it.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { picture, pictures } from './pictures.mjs';
import { LONG, QUICK, beginDream, difference, dream, dreamOf, drop, named } from './steps.mjs';
import { story, until } from './studio.mjs';

story('the first visit shows a sky and a small dream of it for every filter', { at: '/' }, async ({ page, studio }) => {
  await page.getByRole('heading', { name: 'Show Oneiric a picture' }).waitFor();
  await page.getByRole('img', { name: /^Photo: / }).waitFor();

  const { presets } = await studio.get('/api/catalogue');
  const filters = page.getByRole('radiogroup', { name: 'Filter' });
  assert.equal(await filters.getByRole('radio').count(), presets.length);
  const previews = filters.locator('img');
  await until(async () => (await previews.evaluateAll((images) => images.filter((image) => image.naturalWidth > 0).length)) === presets.length);
});

story('a picture is chosen, and stays in the address', { at: '/' }, async ({ page }) => {
  await page.getByLabel('Choose a picture').setInputFiles(picture('forest.png'));
  await named(page).photo('forest.png').waitFor();
  await page.waitForURL(/photo=[0-9a-f]{64}/);
  await page.reload();
  await named(page).photo('forest.png').waitFor();
});

story('a picture is dropped anywhere; what is no picture is refused kindly', { photo: picture() }, async ({ page }) => {
  const { photo, toast } = named(page);
  await photo('waves.png').waitFor();
  await drop(page, picture('dropped.png', { seed: 2 }));
  await photo('dropped.png').waitFor();
  await drop(page, { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('not a picture') });
  await toast('notes.txt is not a picture').waitFor();
});

story('a dream grows before one’s eyes', { photo: picture(), look: { preset: 'dogs', options: { octaves: '3', iterations: '12' } } }, async ({ page }) => {
  const { filter, dream: button, progress, divider, result } = named(page);
  await filter('eyes').check({ force: true });
  await button.click();

  await progress.waitFor();
  await page.getByText(/^Octave \d of 3/).first().waitFor();
  const frames = new Set();
  const done = new Set();
  await until(async () => {
    for (const value of await progress.evaluateAll((bars) => bars.map((bar) => bar.getAttribute('aria-valuenow')))) done.add(value);
    for (const source of await page.locator('.growing img').evaluateAll((images) => images.map((image) => image.src))) frames.add(source);
    return divider.isVisible();
  }, 'the dream');
  assert(frames.size >= 2, `only ${frames.size} frames were shown`);
  assert(done.size >= 3, `progress was only ${[...done]}`);
  assert.equal(await result.getAttribute('aria-label'), 'Dream: eyes in waves');
});

story('a dream is cancelled, and nothing is left of it', { photo: picture(), look: LONG }, async ({ page, studio }) => {
  const { button, toast, progress, dream: again } = named(page);
  await beginDream(page);
  await button('Cancel').click();
  await toast('Cancelled').waitFor();
  await progress.waitFor({ state: 'hidden' });
  await again.waitFor();
  assert.equal((await studio.get('/api/dreams')).total, 0);
});

story('a dream is stopped, and what is there is kept', { photo: picture(), look: LONG }, async ({ page, studio }) => {
  const { button, divider } = named(page);
  await beginDream(page);
  await page.locator('.growing img').first().waitFor();
  await button('Stop and keep').click();
  await divider.waitFor();
  const { dreams: [kept] } = await studio.get('/api/dreams');
  assert(kept.stopped);
});

story('the divider shows before and after', { photo: picture(), look: QUICK }, async ({ page }) => {
  await dream(page);
  const { divider } = named(page);
  const frame = page.locator('.dream-stage .frame');
  const place = () => divider.getAttribute('aria-valuenow').then(Number);
  assert.equal(await place(), 0);
  const after = await frame.screenshot();

  await divider.press('End');
  assert.equal(await place(), 100);
  const before = await frame.screenshot();
  assert(!before.equals(after), 'the photo looks like the dream');

  await divider.press('Home');
  await divider.press('ArrowRight');
  assert.equal(await place(), 2);

  const { x, y, width, height } = await frame.boundingBox();
  const grip = await divider.boundingBox();
  await page.mouse.move(grip.x + grip.width / 2, y + height / 3);
  await page.mouse.down();
  await page.mouse.move(x + width / 2, y + height / 3, { steps: 4 });
  await page.mouse.up();
  assert.equal(await place(), 50);
});

story('strength mixes without waiting, from the photo to more than the dream', { photo: picture(), look: QUICK }, async ({ page }) => {
  await dream(page);
  const { strength, button } = named(page);
  const seen = () => page.locator('canvas.result').evaluate((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return [...data];
  });
  const away = (one, other) => one.reduce((sum, value, at) => sum + Math.abs(value - other[at]), 0) / one.length;
  const whole = await seen();
  const at = async (value, differs) => {
    await strength.fill(value);
    return until(async () => {
      const now = await seen();
      return differs(now) && now;
    }, `strength ${value}`);
  };
  const photo = await at('0', (now) => away(now, whole) > 0.5);
  const half = await at('0.5', (now) => away(now, photo) > 0.1);
  const twice = await at('2', (now) => away(now, photo) > away(whole, photo) * 1.2);
  assert(away(half, photo) < away(whole, photo));
  assert(away(twice, whole) > 0.5);

  await button('Download').click();
  assert.match(await page.getByRole('link', { name: /^PNG/ }).getAttribute('href'), /strength=2$/);
});

story('undo takes the dream away, redo brings it back', { photo: picture(), look: QUICK }, async ({ page }) => {
  await dream(page);
  const { button, divider, photo } = named(page);
  await button('Undo').click();
  await divider.waitFor({ state: 'hidden' });
  await photo('waves.png').waitFor();
  await page.keyboard.press('Control+Shift+Z');
  await divider.waitFor();
});

story('a dream is dreamed again: filters in series', { photo: picture(), look: QUICK }, async ({ page, studio }) => {
  await dream(page);
  const { button, divider, filter } = named(page);
  await button('Dream again from this').click();
  await divider.waitFor({ state: 'hidden' });
  await filter('birds').check({ force: true });
  await dream(page);
  const { dreams: [second, first] } = await studio.get('/api/dreams');
  assert.equal(second.parent, first.id);
  assert.equal(second.photo, first.picture);
  assert.deepEqual([first.filter, second.filter], ['dogs', 'birds']);
});

story('the octaves are scrubbed, and one becomes a dream of its own', { photo: picture(), look: QUICK }, async ({ page, studio }) => {
  await dream(page);
  const { button, divider } = named(page);
  await page.getByRole('slider', { name: 'Octave' }).fill('1');
  await page.getByText('After octave 1', { exact: true }).waitFor();
  await button('Branch from here').click();
  await until(async () => (await studio.get('/api/dreams')).total === 2);
  await page.getByText('After octave 1', { exact: true }).waitFor({ state: 'hidden' });
  await divider.waitFor();
});

story('a download carries the recipe, and its settings come back when it is dropped', { photo: picture(), look: QUICK }, async ({ page, studio, context }) => {
  const { filter, button } = named(page);
  await filter('swirls').check({ force: true });
  await page.getByRole('spinbutton', { name: 'Seed' }).fill('7');
  await dream(page);
  await button('Download').click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: /^PNG/ }).click()]);
  assert.match(download.suggestedFilename(), /\.png$/);
  const file = { name: download.suggestedFilename(), mimeType: 'image/png', buffer: await readFile(await download.path()) };

  // Someone else, who has never set anything.
  const other = await context.browser().newContext();
  try {
    const theirs = await other.newPage();
    await theirs.goto(studio.url);
    await theirs.getByRole('radiogroup', { name: 'Filter' }).waitFor();
    await drop(theirs, file);
    await named(theirs).toast('Settings of this dream are back').waitFor();
    assert(await named(theirs).filter('swirls').isChecked());
    assert.equal(await theirs.getByRole('spinbutton', { name: 'Seed' }).inputValue(), '7');
    await named(theirs).button('Advanced 2 changed').waitFor();
  } finally {
    await other.close();
  }
});

story('the page is loaded anew in the middle of a dream', { photo: picture(), look: LONG }, async ({ page }) => {
  const { progress, button, toast } = named(page);
  await beginDream(page);
  await page.waitForURL(/job=/);
  const job = new URL(page.url()).searchParams.get('job');
  await page.reload();
  await progress.waitFor();
  await page.locator('.growing img').first().waitFor();
  assert.equal(new URL(page.url()).searchParams.get('job'), job);
  await button('Cancel').click();
  await toast('Cancelled').waitFor();
});

story('a dream that ended while the page was closed is there when it opens', { photo: picture(), look: QUICK }, async ({ page, studio, context, photo }) => {
  await page.close();
  const job = await dreamOf(studio, photo);
  const later = await context.newPage();
  await later.goto(`${studio.url}/dream?photo=${photo.id}&job=${job.id}`);
  await named(later).divider.waitFor();
});

story('the brush lets the dream grow only where it paints', { photo: picture(), look: QUICK }, async ({ page, studio, photo }) => {
  const { button } = named(page);
  await named(page).photo('waves.png').waitFor();
  await button('Paint where').click();
  await page.getByRole('slider', { name: 'Size' }).fill('20');
  const { x, y, width, height } = await page.locator('canvas.mask').boundingBox();
  await page.mouse.move(x + width * 0.15, y + height * 0.1);
  await page.mouse.down();
  await page.mouse.move(x + width * 0.15, y + height * 0.9, { steps: 8 });
  await page.mouse.up();
  await button('Done').click();
  await page.getByText('Painted', { exact: true }).waitFor();
  await dream(page);

  const { dreams: [made] } = await studio.get('/api/dreams');
  const addresses = [`/api/pictures/${photo.id}/file`, `/api/dreams/${made.id}/file?format=png&strength=1`];
  const [painted, untouched] = [await difference(page, ...addresses, [0.05, 0.25]), await difference(page, ...addresses, [0.5, 1])];
  assert(painted > 1, `where it was painted it changed by ${painted}`);
  assert.equal(untouched, 0, 'where it was not painted');
});

story('several pictures at once go into the queue', { at: '/', look: QUICK }, async ({ page, studio }) => {
  await page.getByLabel('Choose a picture').setInputFiles(pictures('one', 'two', 'three'));
  await named(page).photo('one.png').waitFor();
  const dialog = page.getByRole('dialog', { name: '2 more pictures' });
  await dialog.getByRole('button', { name: 'Queue them all' }).click();
  await named(page).toast('2 pictures are in the queue').waitFor();
  const { dreams } = await until(async () => {
    const found = await studio.get('/api/dreams');
    return found.total === 2 && found;
  }, 'both dreams');
  assert.deepEqual(dreams.map(({ name }) => name).sort(), ['three', 'two']);
});

story('words steer the dream, and everything is a command line as well', { photo: picture() }, async ({ page }) => {
  const more = page.getByRole('combobox', { name: 'More of' });
  await more.fill('poodle');
  await page.getByRole('listbox', { name: 'Classes found' }).getByRole('option').first().waitFor();
  await more.press('Enter');
  await page.getByRole('button', { name: /^Take away .*poodle/ }).waitFor();
  await page.getByRole('button', { name: /^Advanced/ }).click();
  await page.getByText(/oneiric dream waves\.png .*--more .*poodle/).waitFor();
});
