// Prints how long users wait. Not a test: `node measure.mjs PHOTO`, for example with a photo of 12 megapixels.

import { argv, exit } from 'node:process';
import { dreamsOf, named, scrollThroughGallery } from './steps.mjs';
import { DESKTOP, Studio, launch, until } from './studio.mjs';

const CLICKS = 20;
const GALLERY = 100;
const photo = argv[2];
if (!photo) {
  console.error('usage: node measure.mjs PHOTO');
  exit(2);
}

const tell = (what, milliseconds) => console.log(`${what.padEnd(40)} ${Math.round(milliseconds).toString().padStart(6)} ms`);
const studio = await Studio.open();
const browser = await launch();
try {
  const page = await browser.newPage({ viewport: DESKTOP });
  let begun = performance.now();
  const since = () => performance.now() - begun;
  await page.goto(studio.url);
  await named(page).dream.waitFor();
  tell('page interactive', since());
  await page.locator('img.large-preview[src]').waitFor();
  tell('first visit: a dream on the screen', since());
  const images = page.getByRole('radiogroup', { name: 'Filter' }).locator('img');
  const count = await page.getByRole('radiogroup', { name: 'Filter' }).getByRole('radio').count();
  const ready = (id) => images.evaluateAll((all, wanted) => all.filter(({ src, naturalWidth }) => src.includes(wanted) && naturalWidth).length, id);

  const shown = () => new URL(page.url()).searchParams.get('photo');
  await until(shown, 'the landscape');
  const landscape = shown();
  begun = performance.now();
  await page.getByLabel('Choose a picture').setInputFiles(photo);
  await until(() => shown() !== landscape, 'the photo');
  const id = shown();
  tell('photo brought', since());
  await until(async () => await ready(id) > 0);
  tell('first preview since it was chosen', since());
  await until(async () => await ready(id) === count);
  tell(`all ${count} previews`, since());

  begun = performance.now();
  await named(page).dream.click();
  await page.locator('.growing img').first().waitFor({ state: 'attached' });
  tell('first picture of the running dream', since());
  await named(page).divider.waitFor();
  tell('the dream', since());

  await page.goto(`${studio.url}/explorer?photo=${id}`);
  await page.getByRole('list', { name: 'Channels', exact: true }).getByRole('button').first().waitFor();
  const stage = page.getByRole('button', { name: 'Photo: choose a position' });
  const times = [];
  for (let click = 0; click < CLICKS; click += 1) {
    const [position] = await Promise.all([
      page.waitForResponse((response) => response.url().includes('/position?')),
      stage.click({ position: { x: 20 + click * 10, y: 30 + click * 5 } }),
    ]);
    await position.finished();
    const { requestStart, responseEnd } = position.request().timing();
    times.push(responseEnd - requestStart);
  }
  times.sort((one, other) => one - other);
  tell('explorer click, median', times[CLICKS / 2]);
  tell('explorer click, slowest', times.at(-1));

  await dreamsOf(studio, [{ id: landscape }, { id }], GALLERY, 640);
  await page.goto(`${studio.url}/gallery`);
  await page.getByRole('list', { name: 'Dreams' }).getByRole('link').first().waitFor();
  const { median, most, slowest } = await scrollThroughGallery(page, GALLERY + 1);
  tell('scrolling the gallery, a frame, median', median);
  tell('a frame, of 95 in 100', most);
  tell('a frame, slowest', slowest);
} finally {
  await browser.close();
  await studio.close();
}
exit();
