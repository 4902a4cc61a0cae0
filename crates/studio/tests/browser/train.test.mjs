// Training: pictures of classes, a run, its result, and the networks.

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import axe from 'axe-core';
import { picture, tinted } from './pictures.mjs';
import { dropFromDisk, named } from './steps.mjs';
import { DESKTOP, PHONE, story, until } from './studio.mjs';

const AT = '/train';
/** Settings of a run that is done at once, and of one that is long enough to be watched or stopped. */
const QUICK = { from: 'squeezenet:fire9', robust: 0, minutes: null, steps: 8, size: 48 };
const LONG = { ...QUICK, steps: 100_000 };
const COLOURS = { red: [80, -60, -60], blue: [-60, -60, 80] };
const EACH = 8;

const card = (page, name) => page.getByRole('listitem', { name, exact: true }).and(page.locator('.class-card'));
const idOf = (page) => new URL(page.url()).searchParams.get('id');
const stage = (page) => page.locator('.run-stage');

/** Sets the settings of a training, and a small photo for its dreams. */
async function set(studio, id, settings) {
  const { id: photo } = await studio.upload(picture());
  await studio.patch(`/api/trainings/${id}`, { photo, settings });
}

/** Adds a training with two classes of coloured pictures, without the page. */
async function training(studio, settings) {
  const { id, classes } = await studio.post('/api/trainings', { name: 'colours' });
  for (const [at, [name, tint]] of Object.entries(COLOURS).entries()) {
    const path = `/api/trainings/${id}/classes/${classes[at].id}`;
    await studio.patch(path, { name });
    for (const { name: file, buffer } of tinted(name, tint, EACH)) await studio.ask('POST', `${path}/pictures?name=${file}`, buffer);
  }
  await set(studio, id, settings);
  return id;
}

/** Loads a copy of a built-in network under another name. */
async function loadNetwork(studio, name = 'my-eyes') {
  const file = await (await studio.ask('GET', '/api/networks/eyeballs/file')).arrayBuffer();
  await studio.ask('POST', `/api/networks?name=${name}.safetensors`, Buffer.from(file));
}

/** Checks with axe, and that nothing is wider than the screen. */
async function isFine(page, part) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  assert.deepEqual(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`), [], part);
  const excess = await page.evaluate(() => document.querySelector('.view:not([hidden])').scrollWidth - innerWidth);
  assert(excess <= 0, `${part} is ${excess} pixels too wide`);
}

/** Writes folders of coloured pictures, with other files among them, and returns their folder. */
async function folderOfColours() {
  const folder = await mkdtemp(join(tmpdir(), 'oneiric-colours-'));
  for (const [name, tint] of Object.entries(COLOURS)) {
    await mkdir(join(folder, name));
    for (const { name: file, buffer } of tinted(name, tint, EACH)) await writeFile(join(folder, name, file), buffer);
    await writeFile(join(folder, name, '.hidden'), '');
  }
  await writeFile(join(folder, 'red', 'notes.txt'), 'no picture');
  return folder;
}

story('pictures become a network that can be tried and dreams', { at: AT, refused: true }, async ({ page, studio }) => {
  const { button, toast, filter } = named(page);
  await button('Start with your pictures').click();
  await page.waitForURL(/id=/);
  await until(() => card(page, 'thing 1').getByRole('textbox').evaluate((element) => element === document.activeElement), 'the cursor in the first name');
  await page.keyboard.type('red');
  await page.keyboard.press('Enter');
  await card(page, 'red').waitFor();
  await card(page, 'thing 2').getByRole('textbox').fill('blue');
  await page.keyboard.press('Enter');
  await card(page, 'blue').waitFor();
  await page.getByText('Add pictures of').waitFor();
  assert.equal(await button('Train').getAttribute('aria-disabled'), 'true');

  // Through the file dialog, and by a drop of a folder.
  const folder = await folderOfColours();
  const text = { name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('no picture') };
  await card(page, 'red').getByLabel('Add pictures').setInputFiles([...tinted('red', COLOURS.red, EACH), text]);
  await card(page, 'red').getByText(`${EACH} pictures`, { exact: true }).waitFor();
  await toast('a.txt').waitFor();
  await card(page, 'red').getByText(/^Only 8 pictures/).waitFor();
  await dropFromDisk(page, card(page, 'blue'), join(folder, 'blue'));
  await card(page, 'blue').getByText(`${EACH} pictures`, { exact: true }).waitFor();
  await rm(folder, { recursive: true });

  // One picture is taken out and put back.
  const list = card(page, 'blue').getByRole('list', { name: 'Pictures of blue' });
  await list.getByRole('button', { name: 'Remove picture 8' }).click();
  await card(page, 'blue').getByText('7 pictures', { exact: true }).waitFor();
  await button('Undo').and(page.locator('.toast *')).click();
  await card(page, 'blue').getByText('8 pictures', { exact: true }).waitFor();

  await page.getByRole('textbox', { name: 'Name of the network' }).fill('colours');
  await page.keyboard.press('Enter');
  await until(async () => (await studio.get(`/api/trainings/${idOf(page)}`)).name === 'colours', 'the name');
  await set(studio, idOf(page), QUICK);
  await page.reload();
  await button('Train').and(page.locator('[aria-disabled="false"]')).click();
  await button('Stop').waitFor();

  // The result.
  const table = page.getByRole('table');
  await table.waitFor();
  assert.deepEqual(await table.getByRole('rowheader').allTextContents(), ['red', 'blue']);
  await page.getByText(/^\d+ of \d+ pictures that it had never seen/).waitFor();
  await page.getByRole('img', { name: /^Error: .* of 8 steps/ }).waitFor();
  assert(await page.getByRole('link', { name: 'Its dream, in the gallery' }).getAttribute('href'));
  await isFine(page, 'a result');
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize(PHONE);
  await isFine(page, 'a result on a phone');
  await page.setViewportSize(DESKTOP);

  await page.getByRole('link', { name: 'Try it' }).click();
  await button('Choose a picture…').waitFor();
  await page.locator('#view-train').getByLabel('Choose a picture').setInputFiles(picture('new.png', { tint: COLOURS.red, seed: 99 }));
  await page.locator('.shares .is-best', { hasText: /\d %/ }).waitFor();
  await button('Dream with it').click();
  await page.waitForURL(/\/dream/);
  await until(() => filter('colours').isChecked(), 'the network in the strip');
  await page.getByRole('heading', { name: 'colours' }).waitFor();
  await page.getByRole('link', { name: 'Explorer' }).click();
  await page.getByRole('group', { name: 'Network', exact: true }).getByRole('radio', { name: 'colours', exact: true }).waitFor();
});

story('a run shows its dream and its curves, stops, and goes on', { at: AT, broken: true, prepare: (studio) => training(studio, LONG) }, async ({ page, studio }) => {
  const { button } = named(page);
  await page.getByRole('link', { name: /^colours/ }).click();
  await button('Train').click();
  await page.getByRole('progressbar', { name: 'Progress of the training' }).waitFor();
  await page.getByRole('img', { name: 'What the network dreams now' }).waitFor();
  await page.getByRole('img', { name: /^Error: \d/ }).waitFor();

  await isFine(page, 'a run');

  // A page that is opened later shows the same.
  await page.reload();
  await page.getByRole('img', { name: 'What the network dreams now' }).waitFor();
  await named(page).queue.click();
  const running = page.getByRole('list', { name: 'Running' });
  await running.getByText('Training of colours').waitFor();
  await running.getByText(/^Step \d+ of 100000/).waitFor();
  await button('Close').click();

  await button('Stop').click();
  await button('Go on').waitFor();
  await page.getByRole('table').waitFor();
  const { run: { step } } = await studio.get(`/api/trainings/${idOf(page)}`);
  assert(step > 0);
  await button('Go on').click();
  await stage(page).getByText(/step \d+ of 100000/).waitFor();
  await until(async () => (await studio.get(`/api/trainings/${idOf(page)}`)).run.step > step, 'more steps');

  // After a power failure it continues by itself.
  await studio.crash();
  await page.getByText('Oneiric does not respond').waitFor();
  await studio.restart();
  const before = (await studio.get(`/api/trainings/${idOf(page)}`)).run?.step ?? 0;
  await until(async () => (await studio.get(`/api/trainings/${idOf(page)}`)).run.step > Math.max(before, step), 'steps after the crash');
  await stage(page).getByText(/step \d+ of 100000/).waitFor();
  await button('Stop').click();
  await button('Go on').waitFor();
});

story('a kit is trained with one click', { at: AT }, async ({ page }) => {
  await named(page).button('Train shapes').click();
  await page.waitForURL(/id=/);
  await card(page, 'circle').getByText(/\d+ drawn pictures/).waitFor();
  await page.getByText('Drawing the pictures').and(page.locator('.run-stage *')).waitFor();
  await named(page).button('Stop').or(named(page).button('Cancel')).first().waitFor();
});

story('a folder with folders becomes classes', { at: AT, refused: true }, async ({ page }) => {
  const folder = await folderOfColours();
  await named(page).button('Start with your pictures').waitFor();
  await dropFromDisk(page, page.locator('#view-train'), folder);
  for (const name of Object.keys(COLOURS)) await card(page, name).getByText(`${EACH} pictures`, { exact: true }).waitFor();
  await named(page).toast('1 file could not be read: notes.txt').waitFor();

  // Ordinary pictures make a third class; a class with pictures is deleted only if one agrees.
  await named(page).button('Draw ordinary pictures').click();
  await card(page, 'other').getByText(/\d+ drawn pictures/).waitFor();
  await card(page, 'blue').getByRole('button', { name: 'Delete this class' }).click();
  await page.getByRole('dialog', { name: 'Delete blue?' }).getByRole('button', { name: 'Delete' }).click();
  await card(page, 'blue').waitFor({ state: 'detached' });
  await named(page).button('Add a class').click();
  await until(() => page.evaluate(() => document.activeElement.value?.startsWith('thing')), 'the cursor in the new name');
  await card(page, 'red').getByLabel('Add a folder').setInputFiles(join(folder, 'blue'));
  await card(page, 'red').getByText(`${2 * EACH} pictures`, { exact: true }).waitFor();
  await rm(folder, { recursive: true });
});

story('networks are renamed, deleted, restored, downloaded and loaded', { at: AT, prepare: (studio) => loadNetwork(studio) }, async ({ page, studio }) => {
  const { button, toast } = named(page);
  const name = page.getByRole('textbox', { name: 'Name of the network my-eyes' });
  await name.fill('eyes-of-mine');
  await name.press('Enter');
  await page.getByRole('link', { name: 'Try eyes-of-mine' }).waitFor();

  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download eyes-of-mine' }).click()]);
  assert.equal(download.suggestedFilename(), 'eyes-of-mine.safetensors');
  await button('Delete eyes-of-mine').click();
  await toast('Deleted eyes-of-mine').waitFor();
  await until(async () => !(await studio.get('/api/networks')).networks.some(({ own }) => own), 'no network');
  await button('Undo').click();
  await page.getByRole('link', { name: 'Try eyes-of-mine' }).waitFor();
  await page.getByLabel('Load a network').setInputFiles({ name: 'loaded.safetensors', mimeType: 'application/octet-stream', buffer: await readFile(await download.path()) });
  await page.getByRole('link', { name: 'Try loaded' }).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Delete eyeballs' }).count(), 0);
});

story('the camera takes pictures of a class and shows what a network sees', { at: AT, permissions: ['camera'], prepare: (studio) => loadNetwork(studio) }, async ({ page, studio }) => {
  const { button } = named(page);
  await button('Start with your pictures').click();
  await page.waitForURL(/id=/);
  await card(page, 'thing 1').getByRole('button', { name: 'Camera…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Pictures of thing 1' });
  const hold = dialog.getByRole('button', { name: 'Hold to take pictures' });
  await until(() => hold.evaluate((element) => element === document.activeElement), 'the camera');
  await page.keyboard.down(' ');
  await until(async () => (await studio.get(`/api/trainings/${idOf(page)}`)).classes[0].pictures.length >= 4, 'four pictures');
  await page.keyboard.up(' ');
  await dialog.getByText(/^\d+ pictures taken/).waitFor();
  await button('Done').click();
  await card(page, 'thing 1').getByRole('button', { name: /^Remove picture/ }).nth(3).waitFor({ state: 'attached' });

  await page.goto(`${studio.url}/train?network=my-eyes`);
  const answers = () => page.waitForResponse((answer) => answer.url().endsWith('/classify') && answer.ok());
  await button('Camera').click();
  await answers();
  await answers();
  await page.locator('.shares-best', { hasText: '%' }).waitFor();
  await button('Stop the camera').click();
  await button('Camera').waitFor();
});

story('without a camera the page says why', { at: AT, prepare: (studio) => loadNetwork(studio) }, async ({ page }) => {
  await page.evaluate(() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotFoundError')); });
  await page.getByRole('link', { name: 'Try my-eyes' }).click();
  await named(page).button('Camera').click();
  await page.getByText('No camera was found').waitFor();
});

for (const [look, options] of Object.entries({ dark: { colorScheme: 'dark' }, 'light, phone': { colorScheme: 'light', viewport: PHONE, isMobile: true, hasTouch: true } })) {
  story(`every part is accessible, ${look}`, { at: AT, ...options, prepare: (studio) => training(studio, QUICK) }, async ({ page, studio }) => {
    const { button } = named(page);
    await page.getByRole('link', { name: 'Try eyeballs' }).waitFor();
    await isFine(page, 'the first page');
    await page.getByRole('link', { name: /^colours/ }).click();
    await button('Train').waitFor();
    await page.locator('summary', { hasText: 'Settings' }).click();
    await isFine(page, 'a training');
    await page.goto(`${studio.url}/train?network=eyeballs`);
    await button('Choose a picture…').waitFor();
    await isFine(page, 'a network to try');
  });
}
