// The dream view: open a picture, choose a filter, make a dream, and use the result.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { picture, pictures } from './pictures.mjs';
import { LONG, QUICK, beginDream, difference, dream, dreamOf, drawWithFinger, drawWithMouse, drop, named, placesIn } from './steps.mjs';
import { DESKTOP, PHONE, story, until } from './studio.mjs';

story('the first visit shows previews of a landscape: a large one, and one for every filter', { at: '/' }, async ({ page, studio }) => {
  await page.getByRole('heading', { name: 'Open a picture' }).waitFor();
  await page.getByRole('img', { name: /^Photo: landscape / }).waitFor();
  await page.getByText('Preview: dogs', { exact: true }).waitFor();
  assert(await page.locator('img.large-preview').evaluate((image) => image.naturalWidth > 0));

  const { presets } = await studio.get('/api/catalogue');
  const filters = page.getByRole('radiogroup', { name: 'Filter' });
  assert.equal(await filters.getByRole('radio').count(), presets.length);
  const previews = filters.locator('img');
  await until(async () => (await previews.evaluateAll((images) => images.filter((image) => image.naturalWidth > 0).length)) === presets.length);
});

story('a chosen picture is in the address', { at: '/' }, async ({ page }) => {
  await page.getByLabel('Choose a picture').setInputFiles(picture('forest.png'));
  await named(page).photo('forest.png').waitFor();
  await page.waitForURL(/photo=[0-9a-f]{64}/);
  await page.reload();
  await named(page).photo('forest.png').waitFor();
});

story('a picture can be dropped anywhere, and other files are refused', { photo: picture() }, async ({ page }) => {
  const { photo, toast } = named(page);
  await photo('waves.png').waitFor();
  await drop(page, picture('dropped.png', { seed: 2 }));
  await photo('dropped.png').waitFor();
  await drop(page, { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('not a picture') });
  await toast('notes.txt is not a picture').waitFor();
});

story('a picture can be pasted', { at: '/' }, async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const preview = page.getByText('Preview: dogs', { exact: true });
  await preview.waitFor();
  const { photo } = named(page);
  await page.evaluate(copyHere, picture().buffer.toString('base64'));
  await page.keyboard.press('Control+V');
  await photo('image.png').waitFor();
  await page.getByText('128 × 96 pixels', { exact: true }).waitFor();
  assert(!await preview.isVisible() && !await page.locator('img.large-preview').isVisible(), 'the preview of the landscape covers the picture');
});

/** Runs in the page: puts a PNG where Ctrl+V finds it. */
async function copyHere(base64) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  await navigator.clipboard.write([new ClipboardItem({ 'image/png': new Blob([bytes], { type: 'image/png' }) })]);
}

story('the size of a dream can be chosen', { photo: picture('wide.png', { width: 800, height: 64 }), look: QUICK }, async ({ page, studio }) => {
  const madeAt = async (name, hint) => {
    await page.getByRole('group', { name: 'Size' }).getByRole('radio', { name }).check({ force: true });
    await page.getByText(hint, { exact: true }).waitFor();
    // The page says the time before the dream starts.
    await page.getByText(/about \d+ s/).waitFor();
    const { total } = await studio.get('/api/dreams');
    await named(page).dream.click();
    await until(async () => (await studio.get('/api/dreams')).total === total + 1, name);
    await named(page).divider.waitFor();
    return (await studio.get('/api/dreams')).dreams[0].width;
  };
  await named(page).photo('wide.png').waitFor();
  assert.equal(await madeAt('Quick', '640 × 51 pixels'), 640);
  assert.equal(await madeAt('Full', '800 × 64 pixels'), 800);
});

story('a running dream shows its frames and progress', { photo: picture(), look: { preset: 'dogs', options: { octaves: '3', iterations: '12' } }, reducedMotion: 'no-preference' }, async ({ page }) => {
  const { filter, dream: button, progress, divider, result } = named(page);
  await filter('eyes').check({ force: true });
  await button.click();

  await progress.waitFor();
  await page.getByText(/^Octave \d of 3/).first().waitFor();
  const frames = new Set();
  const done = new Set();
  const ground = [];
  await until(async () => {
    for (const opacity of await page.locator('.growing img:first-child:not(:last-child)').evaluateAll((images) => images.map((image) => getComputedStyle(image).opacity))) ground.push(Number(opacity || 1));
    for (const value of await progress.evaluateAll((bars) => bars.map((bar) => bar.getAttribute('aria-valuenow')))) done.add(value);
    for (const source of await page.locator('.growing img').evaluateAll((images) => images.map((image) => image.src))) frames.add(source);
    return divider.isVisible();
  }, 'the dream');
  assert(frames.size >= 2, `only ${frames.size} frames were shown`);
  assert(done.size >= 3, `progress was only ${[...done]}`);
  // The first frame fades in over the photo, which stays hidden after that.
  assert(ground.slice(ground.indexOf(1)).every((opacity) => opacity === 1), `the photo shone through: ${ground}`);
  assert.equal(await result.getAttribute('aria-label'), 'Dream: eyes in waves');
});

story('a dream that is done before its job arrives is shown', { photo: picture(), look: QUICK }, async ({ page, studio }) => {
  await page.route('**/api/jobs', async (route) => {
    const response = await route.fetch();
    if (route.request().method() === 'POST') await until(async () => (await studio.get('/api/dreams')).total === 1, 'the dream');
    await route.fulfill({ response });
  });
  await dream(page);
});

story('a cancelled dream is not kept', { photo: picture(), look: LONG }, async ({ page, studio }) => {
  const { button, toast, progress, dream: again } = named(page);
  await beginDream(page);
  await button('Cancel').click();
  await toast('Cancelled').waitFor();
  await progress.waitFor({ state: 'hidden' });
  await again.waitFor();
  assert.equal((await studio.get('/api/dreams')).total, 0);
});

story('a stopped dream can be kept', { photo: picture(), look: LONG }, async ({ page, studio }) => {
  const { button, divider } = named(page);
  await beginDream(page);
  await page.locator('.growing img').first().waitFor();
  await button('Stop and keep').click();
  await divider.waitFor();
  const { dreams: [kept] } = await studio.get('/api/dreams');
  assert(kept.stopped);
});

story('the divider shows photo and dream', { photo: picture(), look: QUICK }, async ({ page }) => {
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

story('strength mixes at once, from the photo to twice the dream', { photo: picture(), look: QUICK }, async ({ page }) => {
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

story('undo removes the dream, redo shows it again', { photo: picture(), look: QUICK }, async ({ page }) => {
  await dream(page);
  const { button, divider, photo } = named(page);
  await button('Undo').click();
  await divider.waitFor({ state: 'hidden' });
  await photo('waves.png').waitFor();
  await page.keyboard.press('Control+Shift+Z');
  await divider.waitFor();
});

story('filters can be applied in series', { photo: picture(), look: QUICK }, async ({ page, studio }) => {
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

story('Dream again uses the shown octave and strength', { photo: picture(), look: QUICK }, async ({ page, studio, photo }) => {
  await dream(page);
  const { strength, button, divider } = named(page);
  await page.getByRole('slider', { name: 'Octave' }).fill('1');
  await strength.fill('0.5');
  await button('Dream again from this').click();
  await divider.waitFor({ state: 'hidden' });
  await named(page).photo('waves, octave 1.png').waitFor();
  const { dreams: [made] } = await studio.get('/api/dreams');
  const half = new URL(page.url()).searchParams.get('photo');
  const away = (address) => difference(page, `/api/pictures/${photo.id}/file`, address);
  const [halfway, whole] = [await away(`/api/pictures/${half}/file`), await away(`/api/dreams/${made.id}/octaves/1`)];
  assert(halfway > 0.2 * whole && halfway < 0.8 * whole, `${halfway} of ${whole}`);
});

story('octaves can be shown and branched off', { photo: picture(), look: QUICK }, async ({ page, studio }) => {
  await dream(page);
  const { button, divider } = named(page);
  await page.getByRole('slider', { name: 'Octave' }).fill('1');
  await page.getByText('After octave 1', { exact: true }).waitFor();
  await button('Branch from here').click();
  await until(async () => (await studio.get('/api/dreams')).total === 2);
  await page.getByText('After octave 1', { exact: true }).waitFor({ state: 'hidden' });
  await divider.waitFor();
});

story('a dropped download restores its settings', { photo: picture(), look: QUICK }, async ({ page, studio, context }) => {
  const { filter, button } = named(page);
  await filter('swirls').check({ force: true });
  await page.getByRole('spinbutton', { name: 'Seed' }).fill('7');
  await dream(page);
  await button('Download').click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: /^PNG/ }).click()]);
  assert.match(download.suggestedFilename(), /\.png$/);
  const file = { name: download.suggestedFilename(), mimeType: 'image/png', buffer: await readFile(await download.path()) };

  // Another user with default settings.
  const other = await context.browser().newContext();
  try {
    const theirs = await other.newPage();
    await theirs.goto(studio.url);
    await theirs.getByRole('radiogroup', { name: 'Filter' }).waitFor();
    await drop(theirs, file);
    await named(theirs).toast('The settings of this dream were restored').waitFor();
    assert(await named(theirs).filter('swirls').isChecked());
    assert.equal(await theirs.getByRole('spinbutton', { name: 'Seed' }).inputValue(), '7');
    await named(theirs).button('Advanced 2 changed').waitFor();
  } finally {
    await other.close();
  }
});

story('a dream continues when the page is reloaded', { photo: picture(), look: LONG }, async ({ page }) => {
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

story('after a crash, the restarted studio resumes the dream and the page reconnects', { photo: picture(), look: { preset: 'dogs', options: { octaves: '3', iterations: '200' } }, broken: true }, async ({ page, studio }) => {
  await beginDream(page);
  await page.locator('.growing img').first().waitFor();
  const { jobs: [job] } = await studio.get('/api/jobs');
  await studio.crash();
  const lost = page.getByText('Oneiric does not respond. Trying again…');
  await lost.waitFor();
  await studio.restart();
  await lost.waitFor({ state: 'hidden' });
  await named(page).divider.waitFor();
  const { dreams } = await studio.get('/api/dreams');
  assert.deepEqual(dreams.map(({ id }) => id), [job.id]);
});

story('a dream that finished while the page was closed is shown when it opens', { photo: picture(), look: QUICK }, async ({ page, studio, context, photo }) => {
  await page.close();
  const job = await dreamOf(studio, photo);
  const later = await context.newPage();
  await later.goto(`${studio.url}/dream?photo=${photo.id}&job=${job.id}`);
  await named(later).divider.waitFor();
});

story('the dream grows only where the brush painted', { photo: picture(), look: QUICK }, async ({ page, studio, photo }) => {
  const { button } = named(page);
  await named(page).photo('waves.png').waitFor();
  await button('Paint where').click();
  await page.getByRole('slider', { name: 'Size' }).fill('20');
  await drawWithMouse(page, ...await placesIn(page.locator('canvas.mask'), [0.15, 0.1], [0.15, 0.9]));
  await button('Done').click();
  await page.getByText('Painted', { exact: true }).waitFor();
  await dream(page);

  const { dreams: [made] } = await studio.get('/api/dreams');
  const addresses = [`/api/pictures/${photo.id}/file`, `/api/dreams/${made.id}/file?format=png&strength=1`];
  const [painted, untouched] = [await difference(page, ...addresses, [0.05, 0.25]), await difference(page, ...addresses, [0.5, 1])];
  assert(painted > 1, `where it was painted it changed by ${painted}`);
  assert.equal(untouched, 0, 'where it was not painted');

  // Later changes are restored when the page is reloaded.
  await button('Remove Painted').click();
  await named(page).filter('swirls').check({ force: true });
  await page.reload();
  await named(page).divider.waitFor();
  await page.getByRole('complementary', { name: 'Settings' }).getByText('Everywhere', { exact: true }).waitFor();
  await until(() => named(page).filter('swirls').isChecked(), 'swirls');
});

story('a region uses another filter, and the preview shows it', { photo: picture(), look: { preset: 'dogs', options: { octaves: '2', iterations: '10' } } }, async ({ page, studio, photo }) => {
  const { button } = named(page);
  await named(page).photo('waves.png').waitFor();
  const preview = page.locator('.chosen-preview:not(.skeleton) img');
  const source = () => preview.getAttribute('src');
  const whole = await source();
  await button('Paint where').click();
  await button('Region with another filter').click();
  await page.getByRole('combobox', { name: 'Filter of region 1' }).selectOption('swirls');
  await drawWithMouse(page, ...await placesIn(page.locator('canvas.mask'), [0.85, 0.1], [0.85, 0.9]));
  await page.getByRole('checkbox', { name: 'Keep the rest unchanged' }).check();
  await button('Done').click();
  await page.getByText('1 region', { exact: true }).waitFor();
  const small = await until(async () => await source() !== whole && source(), 'another preview');
  const at = (address, part) => difference(page, `/api/pictures/${photo.id}/file`, address, part);
  assert(await at(small, [0.75, 0.95]) > 2 * await at(small, [0, 0.5]), 'the preview grows elsewhere');

  await dream(page);
  const { dreams: [{ id, places }] } = await studio.get('/api/dreams');
  assert.deepEqual(places.regions.map(({ look }) => look), ['swirls']);
  const file = `/api/dreams/${id}/file`;
  assert(await at(file, [0.75, 0.95]) > 1);
  assert.equal(await at(file, [0, 0.5]), 0);
});

story('a mask can be painted with a finger on a phone', { photo: picture(), look: QUICK, viewport: PHONE, hasTouch: true, isMobile: true }, async ({ page }) => {
  const { button } = named(page);
  await named(page).photo('waves.png').waitFor();
  await button('Paint where').tap();
  const canvas = page.locator('canvas.mask');
  await drawWithFinger(page, ...await placesIn(canvas, [0.2, 0.5], [0.4, 0.5], [0.6, 0.5], [0.8, 0.5]));
  const painted = await until(() => canvas.evaluate(shareHere), 'paint');
  assert(painted > 0.02 && painted < 0.5, `${painted} of it is painted`);
  await button('Done').tap();
  await page.getByText('Painted', { exact: true }).waitFor();
});

/** Runs in the page: the share of a canvas that is not empty. */
function shareHere(canvas) {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return data.filter((value, at) => at % 4 === 3 && value > 0).length / (data.length / 4);
}

story('a guide image can be chosen', { photo: picture(), look: QUICK }, async ({ page, studio }) => {
  await named(page).photo('waves.png').waitFor();
  await page.getByRole('button', { name: /^Advanced/ }).click();
  await page.getByText('Mask and guide image', { exact: true }).click();
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.request().method() === 'POST' && response.url().includes('/api/pictures')),
    page.getByLabel('Choose', { exact: true }).setInputFiles(picture('guide.png', { seed: 3 })),
  ]);
  const { id } = await answer.json();
  await page.getByText('Guide image', { exact: true }).and(page.locator('.chip')).waitFor();
  await page.keyboard.press('Escape');
  await dream(page);
  const { dreams: [{ places }] } = await studio.get('/api/dreams');
  assert.equal(places.guide, id);
});

story('the seed button and the R key give another seed', { photo: picture() }, async ({ page }) => {
  const seed = page.getByRole('spinbutton', { name: 'Seed' });
  await named(page).photo('waves.png').waitFor();
  const seeds = new Set([await seed.inputValue()]);
  await page.getByRole('button', { name: /^New random seed/ }).click();
  seeds.add(await seed.inputValue());
  await page.locator('body').press('r');
  seeds.add(await seed.inputValue());
  assert.equal(seeds.size, 3, `the seeds were ${[...seeds]}`);
});

for (const viewport of [DESKTOP, PHONE]) {
  story(`a setting out of range is marked until it has another value, ${viewport.width} pixels wide`, { photo: picture(), look: QUICK, viewport, refused: true }, async ({ page, studio }) => {
    const octaves = page.getByRole('textbox', { name: 'Octaves', exact: true });
    const isMarked = () => octaves.evaluate((field) => field.ariaInvalid === 'true');
    const jobs = async () => (await studio.get('/api/jobs')).jobs.length;
    const before = await jobs();
    await named(page).photo('waves.png').waitFor();
    await page.getByRole('button', { name: /^Advanced/ }).click();
    await page.getByText('How it grows', { exact: true }).click();
    await octaves.fill('65');
    await octaves.press('Enter');
    await until(isMarked, 'the mark');
    assert.match(await octaves.evaluate(descriptionOf), /must be between 1 and 64/);

    // Who wants to dream nevertheless is led to the field, from wherever they are.
    await page.getByText('How it grows', { exact: true }).click();
    await page.keyboard.press('Escape');
    await octaves.waitFor({ state: 'hidden' });
    await page.keyboard.press('Control+Enter');
    await until(() => octaves.evaluate((field) => field === document.activeElement), 'the field');
    const { y, height } = await octaves.boundingBox();
    assert(y > 0 && y + height < viewport.height, `the field is at ${y}`);
    assert.equal(await jobs(), before);

    await octaves.fill('2');
    await octaves.press('Enter');
    assert(!await isMarked());
    assert.doesNotMatch(await octaves.evaluate(descriptionOf), /between/);
    await page.keyboard.press('Escape');
    await dream(page);
  });
}

/** Runs in the page: what describes an element. */
function descriptionOf(element) {
  return element.getAttribute('aria-describedby').split(' ').map((id) => document.getElementById(id).textContent).join(' ');
}

story('a place that the studio refuses is marked as well', { photo: picture(), look: QUICK, refused: true }, async ({ page }) => {
  const feather = page.getByRole('textbox', { name: 'Feather', exact: true });
  const isMarked = () => feather.evaluate((field) => field.ariaInvalid === 'true');
  await named(page).photo('waves.png').waitFor();
  await page.getByRole('button', { name: /^Advanced/ }).click();
  await page.getByText('Mask and guide image', { exact: true }).click();
  await page.getByRole('textbox', { name: 'Only where the photo shows' }).fill('dog');
  await feather.fill('wide');
  await feather.press('Enter');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+Enter');
  await until(() => feather.evaluate((field) => field === document.activeElement), 'the field');
  assert(await isMarked());
  await feather.fill('10%');
  await feather.press('Enter');
  assert(!await isMarked());
});

story('several pictures can be added to the queue at once', { at: '/', look: QUICK }, async ({ page, studio }) => {
  await page.getByLabel('Choose a picture').setInputFiles(pictures('one', 'two', 'three'));
  await named(page).photo('one.png').waitFor();
  const dialog = page.getByRole('dialog', { name: '2 more pictures' });
  await dialog.getByRole('button', { name: 'Add all to the queue' }).click();
  await named(page).toast('2 pictures added to the queue').waitFor();
  const { dreams } = await until(async () => {
    const found = await studio.get('/api/dreams');
    return found.total === 2 && found;
  }, 'both dreams');
  assert.deepEqual(dreams.map(({ name }) => name).sort(), ['three', 'two']);
});

story('words can be chosen, and the settings are shown as a command line', { photo: picture() }, async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const more = page.getByRole('combobox', { name: 'More of' });
  await more.fill('poodle');
  await page.getByRole('listbox', { name: 'Matching classes' }).getByRole('option').first().waitFor();
  await more.press('Enter');
  await page.getByRole('button', { name: /^Remove .*poodle/ }).waitFor();
  // Typed words are used even if none is chosen from the list.
  await more.fill('goldfish, castle');
  await more.press('Tab');
  for (const word of ['goldfish', 'castle']) await page.getByRole('button', { name: `Remove ${word}` }).waitFor();
  await page.getByRole('button', { name: /^Advanced/ }).click();
  await page.getByText(/oneiric dream waves\.png .*--more .*poodle/).waitFor();
  await named(page).button('Copy as command line').click();
  await named(page).toast('Copied').waitFor();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^oneiric dream waves\.png .*--more .*poodle/);
});
