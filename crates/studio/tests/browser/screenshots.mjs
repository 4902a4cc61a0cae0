// Takes screenshots of every view. Not a test: `node screenshots.mjs FOLDER PHOTO…` writes them to a folder such as docs/studio.

import { mkdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { argv, exit } from 'node:process';
import { dreamOf, drawWithMouse, named, placesIn } from './steps.mjs';
import { DESKTOP, PHONE, Studio, launch, until } from './studio.mjs';

const [folder, ...files] = argv.slice(2);
if (!files.length) {
  console.error('usage: node screenshots.mjs FOLDER PHOTO…');
  exit(2);
}
const FILTERS = ['dogs', 'swirls', 'birds', 'treasure', 'eyes', 'mosaic'];
const WAITING = ['carnival', 'wonders', 'ornaments'];
const LOOKS = {
  dark: { viewport: DESKTOP, colorScheme: 'dark' },
  light: { viewport: DESKTOP, colorScheme: 'light' },
  phone: { viewport: PHONE, colorScheme: 'dark', isMobile: true, hasTouch: true },
};

await mkdir(folder, { recursive: true });
const studio = await Studio.open();
const browser = await launch();
const photos = [];
try {
  for (const file of files) photos.push(await studio.upload({ name: basename(file), buffer: await readFile(file) }));
  for (const [at, preset] of FILTERS.entries()) {
    const photo = photos[at % photos.length];
    await dreamOf(studio, photo, { name: photo.name.replace(/\.\w+$/, ''), look: { preset, options: {} } });
  }
  const training = await trainShapes();
  for (const [look, options] of Object.entries(LOOKS)) await showAll(look, options, photos[0], training);
} finally {
  await browser.close();
  await studio.close();
}
exit();

async function showAll(look, options, photo, training) {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
  context.setDefaultTimeout(120_000);
  const page = await context.newPage();
  const take = async (view) => {
    await page.waitForFunction(allIsThere, null, { timeout: 30_000 });
    await page.screenshot({ path: join(folder, `${view}-${look}.jpg`), type: 'jpeg', quality: 85 });
  };
  const go = (address) => page.goto(studio.url + address, { waitUntil: 'domcontentloaded' });
  const previews = () => page.waitForFunction(() => {
    const images = [...document.querySelectorAll('[role=radiogroup][aria-label=Filter] img')];
    return images.length && images.every(({ naturalWidth }) => naturalWidth);
  });

  await go('/');
  await page.getByRole('heading', { name: 'Open a picture' }).waitFor();
  await previews();
  await take('welcome');
  await go(`/dream?photo=${photo.id}`);
  await previews();
  await take('photo');
  await named(page).dream.click();
  await page.getByText(/^Octave [3-9] of/).first().waitFor();
  await take('growing');
  await named(page).divider.waitFor();
  for (let press = 0; press < 4; press += 1) await named(page).divider.press('PageUp');
  await take('dream');
  await page.getByRole('button', { name: /^Advanced/ }).click();
  await take('advanced');
  await page.keyboard.press('Escape');
  await named(page).button('Paint where').click();
  await paint(page);
  await take('painting');
  await page.keyboard.press('Escape');
  const waiting = [];
  for (const [at, preset] of WAITING.entries()) {
    waiting.push(await studio.post('/api/jobs', { photo: photos[at % photos.length].id, look: { preset, options: {} }, size: 800 }));
  }
  await named(page).queue.click();
  await page.getByRole('list', { name: 'Running' }).getByText(/^Octave [2-9] of/).waitFor();
  await take('queue');
  for (const { id } of waiting.reverse()) await studio.post(`/api/jobs/${id}/cancel`, { keep: false });

  await go(`/explorer?photo=${photo.id}`);
  await page.getByRole('list', { name: 'Channels', exact: true }).getByRole('button').first().click();
  await page.getByRole('link', { name: 'Dream this channel' }).waitFor();
  await take('explorer');
  await go('/gallery');
  const first = page.getByRole('list', { name: 'Dreams' }).getByRole('link').first();
  await first.waitFor();
  await take('gallery');
  await first.click();
  await page.getByRole('textbox', { name: 'Name' }).waitFor();
  await take('single');
  await go('/train');
  await page.getByRole('link', { name: 'Try eyeballs' }).waitFor();
  await take('train');
  await go(`/train?id=${training}`);
  await page.getByRole('table').waitFor();
  await take('training');
  await go('/login');
  await take('login');
  await go('/api/docs');
  await page.getByRole('heading', { level: 2 }).first().waitFor();
  await take('api');
  await context.close();
}

/** Trains a network of shapes; returns the id of the training. */
async function trainShapes() {
  const { id, settings } = await studio.post('/api/trainings', { kit: 'shapes' });
  await studio.patch(`/api/trainings/${id}`, { settings: { ...settings, robust: 0, steps: 120 } });
  await studio.post(`/api/trainings/${id}/start`, {});
  await until(async () => (await studio.get(`/api/trainings/${id}`)).run.result, 'the network');
  return id;
}

/** Paints the upper left, and a region with another filter in the lower right. */
async function paint(page) {
  const stroke = async (...shares) => drawWithMouse(page, ...await placesIn(page.locator('canvas.mask'), ...shares));
  await page.getByRole('slider', { name: 'Size' }).fill('24');
  await stroke([0.1, 0.2], [0.3, 0.15], [0.5, 0.3], [0.4, 0.4]);
  await named(page).button('Region with another filter').click();
  await stroke([0.55, 0.85], [0.75, 0.8], [0.92, 0.88]);
}

/** Whether everything on the screen is loaded. Runs in the page. */
function allIsThere() {
  const isSeen = (element) => {
    const { top, bottom, left, right } = element.getBoundingClientRect();
    return element.checkVisibility() && bottom > 0 && right > 0 && top < innerHeight && left < innerWidth;
  };
  const seen = (selector) => [...document.querySelectorAll(selector)].filter(isSeen);
  return seen('img').every((image) => image.complete) && !seen('.skeleton, .tile img:not(.loaded)').length;
}
