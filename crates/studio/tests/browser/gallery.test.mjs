// The gallery: everything made, found again.

import assert from 'node:assert/strict';
import { picture } from './pictures.mjs';
import { QUICK, dreamOf, named } from './steps.mjs';
import { story, until } from './studio.mjs';

const AT = '/gallery';
const MANY = 100;
/** Milliseconds between two pictures of the screen while one scrolls, as a rule, on a computer that has other things to do. */
const SMOOTH = 50;

const tilesOf = (page) => page.getByRole('list', { name: 'Dreams' }).getByRole('link');

/** Three dreams of three names and two filters. */
async function threeDreams(studio) {
  const photo = await studio.upload(picture());
  for (const [name, preset] of [['harbour', 'dogs'], ['meadow', 'swirls'], ['castle', 'dogs']]) {
    await dreamOf(studio, photo, { name, look: { ...QUICK, preset } });
  }
}

story('an empty gallery shows the way to a first dream', { at: AT }, async ({ page }) => {
  await page.getByRole('heading', { name: 'No dreams yet' }).waitFor();
  await page.getByRole('button', { name: 'Dream one' }).click();
  await page.waitForURL(/\/dream/);
});

story('dreams are there, newest first, and found by name and by filter', { at: AT, prepare: threeDreams }, async ({ page }) => {
  const names = () => page.locator('.tile-name').allTextContents().then((all) => all.join(' '));
  const shows = (...wanted) => until(async () => await names() === wanted.join(' '), wanted.join(' '));
  await shows('castle', 'meadow', 'harbour');

  const search = page.getByRole('searchbox', { name: /^Search/ });
  await search.fill('mead');
  await shows('meadow');
  await page.waitForURL(/q=mead/);
  await search.fill('no such dream');
  await page.getByRole('heading', { name: 'Nothing like that' }).waitFor();
  await page.getByRole('button', { name: 'Show all' }).click();
  await shows('castle', 'meadow', 'harbour');

  await page.getByRole('button', { name: 'dogs', exact: true }).click();
  await shows('castle', 'harbour');
  await page.reload();
  await shows('castle', 'harbour');
});

story('a favourite is kept, and favourites are shown alone', { at: AT, prepare: threeDreams }, async ({ page }) => {
  const star = page.getByRole('listitem').filter({ has: page.getByRole('link', { name: /^meadow/ }) }).getByRole('button', { name: 'Favourite' });
  await star.click();
  await until(async () => await star.getAttribute('aria-pressed') === 'true');
  await page.reload();
  await page.getByRole('button', { name: 'Favourites only' }).click();
  await until(async () => await tilesOf(page).count() === 1);
  await page.getByRole('link', { name: /^meadow/ }).waitFor();
});

story('a dream is deleted, and comes back with Undo', { at: AT, prepare: threeDreams }, async ({ page, studio }) => {
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

story('a dream is opened again with all its settings, and renamed', { at: AT, prepare: threeDreams }, async ({ page, studio }) => {
  await page.getByRole('link', { name: /^meadow/ }).click();
  const name = page.getByRole('textbox', { name: 'Name' });
  await name.fill('meadow in spring');
  await name.press('Enter');
  await until(async () => (await studio.get('/api/dreams?q=spring')).total === 1);
  await page.getByRole('link', { name: 'Open with all settings' }).click();
  await named(page).divider.waitFor();
  assert(await named(page).filter('swirls').isChecked());
});

/** Lets the gallery show each of its dreams again and again, under other ids: a hundred take too long to be dreamed. */
async function showMany(page) {
  await page.route(/\/api\/dreams\?/, async (route) => {
    const { dreams } = await (await route.fetch()).json();
    const many = Array.from({ length: MANY }, (_, at) => ({ ...dreams[at % dreams.length], id: `${at}-${dreams[at % dreams.length].id}` }));
    await route.fulfill({ json: { dreams: many, next: null, total: MANY } });
  });
  await page.route(/\/api\/dreams\/\d+-/, (route) => route.continue({ url: route.request().url().replace(/\/\d+-/, '/') }));
  await page.reload();
}

story(`${MANY} pictures scroll smoothly`, { at: AT, prepare: threeDreams }, async ({ page }) => {
  await showMany(page);
  await tilesOf(page).first().waitFor();
  await page.mouse.move(700, 500);
  const frames = page.evaluate(framesHere);
  await until(async () => {
    await page.mouse.wheel(0, 150);
    return page.locator('#view-gallery').evaluate((view) => view.scrollTop + view.clientHeight >= view.scrollHeight - 1);
  }, 'the end of the gallery');
  await until(async () => await tilesOf(page).count() === MANY);
  await page.evaluate(() => dispatchEvent(new Event('enough')));
  const times = (await frames).sort((one, other) => one - other);
  const median = times[Math.floor(times.length / 2)];
  assert(median < SMOOTH, `${median} ms between frames`);
});

/** Runs in the page: milliseconds between frames until there are enough. */
function framesHere() {
  return new Promise((done) => {
    const times = [];
    let enough = false;
    addEventListener('enough', () => { enough = true; }, { once: true });
    const next = (before) => requestAnimationFrame((now) => {
      times.push(now - before);
      if (enough) done(times);
      else next(now);
    });
    next(performance.now());
  });
}
