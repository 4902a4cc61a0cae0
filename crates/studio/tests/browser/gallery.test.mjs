// The gallery: search, favourites, deletion, export.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { picture } from './pictures.mjs';
import { QUICK, dreamOf, dreamsOf, drawWithFinger, named, placesIn, scrollThroughGallery } from './steps.mjs';
import { PHONE, story, until } from './studio.mjs';

const AT = '/gallery';
const MANY = 100;
/** Most milliseconds between two frames while scrolling, as a median, on a busy computer. */
const SMOOTH = 50;

const tilesOf = (page) => page.getByRole('list', { name: 'Dreams' }).getByRole('link');

/** Three dreams of three names and two filters. */
async function threeDreams(studio) {
  const photo = await studio.upload(picture());
  for (const [name, preset] of [['harbour', 'dogs'], ['meadow', 'swirls'], ['castle', 'dogs']]) {
    await dreamOf(studio, photo, { name, look: { ...QUICK, preset } });
  }
}

story('an empty gallery links to the dream view', { at: AT }, async ({ page }) => {
  await page.getByRole('heading', { name: 'No dreams yet' }).waitFor();
  await page.getByRole('button', { name: 'Make a dream' }).click();
  await page.waitForURL(/\/dream/);
});

story('dreams are listed newest first and found by name and filter', { at: AT, prepare: threeDreams }, async ({ page }) => {
  const names = () => page.locator('.tile-name').allTextContents().then((all) => all.join(' '));
  const shows = (...wanted) => until(async () => await names() === wanted.join(' '), wanted.join(' '));
  await shows('castle', 'meadow', 'harbour');

  const search = page.getByRole('searchbox', { name: /^Search/ });
  await search.fill('mead');
  await shows('meadow');
  await page.waitForURL(/q=mead/);
  await search.fill('no such dream');
  await page.getByRole('heading', { name: 'No results' }).waitFor();
  await page.getByRole('button', { name: 'Show all' }).click();
  await shows('castle', 'meadow', 'harbour');

  await page.getByRole('button', { name: 'dogs', exact: true }).click();
  await shows('castle', 'harbour');
  await page.reload();
  await shows('castle', 'harbour');
});

story('dreams are found by class and date', { at: AT, prepare: threeDreams }, async ({ page, studio }) => {
  const { dreams: [{ classes }] } = await studio.get('/api/dreams');
  await until(async () => await tilesOf(page).count() === 3);
  await page.getByRole('button', { name: 'Class and date' }).click();
  const seen = page.getByRole('searchbox', { name: 'The network sees' });
  await seen.fill(classes.after[0].name);
  await page.waitForURL(/class=/);
  await page.getByRole('link', { name: /^castle/ }).waitFor();
  await seen.fill('not a class');
  await page.getByRole('heading', { name: 'No results' }).waitFor();
  await seen.fill('');
  const today = await page.evaluate(() => new Intl.DateTimeFormat('sv').format());
  await page.getByLabel('From', { exact: true }).fill(today);
  await until(async () => await tilesOf(page).count() === 3, 'those of today');
  await page.getByLabel('From', { exact: true }).fill('');
  await page.getByLabel('To', { exact: true }).fill('2020-01-01');
  await page.getByRole('heading', { name: 'No results' }).waitFor();
});

story('all dreams are exported in one file', { at: AT, prepare: threeDreams }, async ({ page }) => {
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Export all' }).click()]);
  const bytes = await readFile(await download.path());
  assert.match(download.suggestedFilename(), /\.zip$/);
  for (const name of ['harbour', 'meadow', 'castle']) assert(bytes.includes(name), name);
});

story('favourites are saved and can be shown alone', { at: AT, prepare: threeDreams }, async ({ page }) => {
  const star = page.getByRole('listitem').filter({ has: page.getByRole('link', { name: /^meadow/ }) }).getByRole('button', { name: 'Favourite' });
  await star.click();
  await until(async () => await star.getAttribute('aria-pressed') === 'true');
  await page.reload();
  await page.getByRole('button', { name: 'Favourites only' }).click();
  await until(async () => await tilesOf(page).count() === 1);
  await page.getByRole('link', { name: /^meadow/ }).waitFor();
});

story('a deleted dream can be restored with Undo', { at: AT, prepare: threeDreams }, async ({ page, studio }) => {
  const total = async () => (await studio.get('/api/dreams')).total;
  await page.getByRole('link', { name: /^meadow/ }).click();
  await page.getByRole('button', { name: 'Delete' }).click();
  await named(page).toast('Deleted meadow').waitFor();
  assert.equal(await total(), 2);
  await page.getByRole('button', { name: 'Undo', exact: true }).and(page.locator('.toast *')).click();
  await until(async () => await total() === 3);
  await page.getByRole('button', { name: 'Back to the gallery' }).click();
  await page.getByRole('link', { name: /^meadow/ }).waitFor();
});

story('a dream can be renamed and opened with all its settings', { at: AT, prepare: threeDreams }, async ({ page, studio }) => {
  await page.getByRole('link', { name: /^meadow/ }).click();
  const name = page.getByRole('textbox', { name: 'Name' });
  await name.fill('meadow in spring');
  await name.press('Enter');
  await until(async () => (await studio.get('/api/dreams?q=spring')).total === 1);
  await page.getByRole('link', { name: 'Open with all settings' }).click();
  await named(page).divider.waitFor();
  assert(await named(page).filter('swirls').isChecked());
});

story('on a phone a swipe shows the next dream', { at: AT, prepare: threeDreams, viewport: PHONE, hasTouch: true, isMobile: true }, async ({ page }) => {
  await page.getByRole('link', { name: /^meadow/ }).tap();
  const name = page.getByRole('textbox', { name: 'Name' });
  const shows = (wanted) => until(async () => await name.inputValue() === wanted, wanted);
  await shows('meadow');
  const swipe = async (...across) => drawWithFinger(page, ...await placesIn(page.locator('.single-frame'), ...across.map((share) => [share, 0.5])));
  await swipe(0.8, 0.6, 0.4, 0.2);
  await shows('harbour');
  await swipe(0.2, 0.4, 0.6, 0.8);
  await shows('meadow');
});

/** Many different dreams. */
async function manyDreams(studio) {
  const photos = [];
  for (const [seed, height] of [180, 240, 320, 400].entries()) photos.push(await studio.upload(picture(`${seed}.png`, { width: 320, height, seed })));
  await dreamsOf(studio, photos, MANY);
}

story(`${MANY} pictures scroll smoothly`, { at: AT, prepare: manyDreams }, async ({ page }) => {
  await tilesOf(page).first().waitFor();
  const { median } = await scrollThroughGallery(page, MANY);
  assert(median < SMOOTH, `${median} ms between frames`);
});
