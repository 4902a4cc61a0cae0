// Steps that several stories use.

import { setTimeout as pause } from 'node:timers/promises';
import { until } from './studio.mjs';

/** Milliseconds between two positions of a finger. */
const MOVE = 60;

/** Settings of a dream that is done at once, and of one that is long enough to be watched or stopped. */
export const QUICK = { preset: 'dogs', options: { octaves: '2', iterations: '2' } };
export const LONG = { preset: 'dogs', options: { octaves: '3', iterations: '1000' } };

/** Elements of the page by their accessible names. */
export const named = (page) => ({
  dream: page.getByRole('button', { name: 'Dream', exact: true }),
  queue: page.getByRole('button', { name: /^Queue(,|$)/ }).and(page.locator('#queue-button')),
  filter: (name) => page.getByRole('radiogroup', { name: 'Filter' }).getByRole('radio', { name, exact: true }),
  photo: (name) => page.getByRole('img', { name: `Photo: ${name}` }),
  progress: page.getByRole('progressbar', { name: 'Progress of the dream' }),
  divider: page.getByRole('slider', { name: 'Before and after' }),
  strength: page.getByRole('slider', { name: 'Strength' }),
  result: page.getByRole('img', { name: /^Dream: / }),
  button: (name) => page.getByRole('button', { name, exact: true }),
  toast: (text) => page.locator('.toast', { hasText: text }),
});

/** Presses Dream and waits until the dream is shown. */
export async function dream(page) {
  const { dream: button, divider } = named(page);
  await button.click();
  await divider.waitFor();
}

/** Presses Dream and waits until it runs. */
export async function beginDream(page) {
  const { dream: button, progress } = named(page);
  await button.click();
  await progress.waitFor();
}

/** Drops files on the page. */
export async function drop(page, ...files) {
  const sent = files.map(({ name, mimeType, buffer }) => ({ name, mimeType, base64: buffer.toString('base64') }));
  await page.evaluate(dropHere, sent);
}

/** Runs in the page. */
function dropHere(files) {
  const dataTransfer = new DataTransfer();
  for (const { name, mimeType, base64 } of files) {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    dataTransfer.items.add(new File([bytes], name, { type: mimeType }));
  }
  for (const kind of ['dragenter', 'dragover', 'drop']) {
    document.body.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }));
  }
}

/** Drops files and folders of the disk on the middle of an element. */
export async function dropFromDisk(page, element, ...files) {
  const [{ x, y }] = await placesIn(element, [0.5, 0.5]);
  const devtools = await page.context().newCDPSession(page);
  for (const type of ['dragEnter', 'dragOver', 'drop']) {
    await devtools.send('Input.dispatchDragEvent', { type, x, y, data: { items: [], files, dragOperationsMask: 1 } });
  }
  await devtools.detach();
}

/** Positions in an element in pixels of the page; each is given as shares of width and height. */
export async function placesIn(element, ...shares) {
  const { x, y, width, height } = await element.boundingBox();
  return shares.map(([across, down]) => ({ x: x + width * across, y: y + height * down }));
}

/** Draws a line with the mouse through these positions. */
export async function drawWithMouse(page, ...places) {
  await page.mouse.move(places[0].x, places[0].y);
  await page.mouse.down();
  for (const { x, y } of places) await page.mouse.move(x, y, { steps: 8 });
  await page.mouse.up();
}

/** Draws a line with a finger through these positions, pauses at the last one, and lifts the finger. */
export async function drawWithFinger(page, ...places) {
  const devtools = await page.context().newCDPSession(page);
  const touch = (type, ...touchPoints) => devtools.send('Input.dispatchTouchEvent', { type, touchPoints });
  await touch('touchStart', places[0]);
  for (const place of [...places.slice(1), places.at(-1)]) {
    // Without pauses this would be a fling, and Chromium would use the next tap only to stop it.
    await pause(MOVE);
    await touch('touchMove', place);
  }
  await touch('touchEnd');
  await devtools.detach();
}

/** Makes a dream without the page; returns the finished job. */
export async function dreamOf(studio, photo, { look = QUICK, name = 'waves' } = {}) {
  const { id } = await studio.post('/api/jobs', { photo: photo.id, name, look });
  return until(async () => {
    const job = await studio.get(`/api/jobs/${id}`);
    return job.state === 'done' && job;
  }, `the dream of ${name}`);
}

/** Makes `count` different quick dreams. */
export async function dreamsOf(studio, photos, count, size) {
  const look = (seed) => ({ preset: 'dogs', options: { octaves: '1', iterations: '1', seed: String(seed) } });
  const { total } = await studio.get('/api/dreams');
  for (let at = 0; at < count; at += 1) {
    await studio.post('/api/jobs', { photo: photos[at % photos.length].id, name: `number ${at}`, look: look(at), size });
  }
  await until(async () => (await studio.get('/api/dreams')).total === total + count, `${count} dreams`);
}

/** Scrolls to the end of a gallery of `count` dreams; returns milliseconds between frames. */
export async function scrollThroughGallery(page, count) {
  const tiles = page.getByRole('list', { name: 'Dreams' }).getByRole('listitem');
  await page.mouse.move(700, 500);
  const frames = page.evaluate(framesHere);
  await until(async () => {
    await page.mouse.wheel(0, 150);
    return await tiles.count() === count && page.locator('#view-gallery').evaluate((view) => view.scrollTop + view.clientHeight >= view.scrollHeight - 1);
  }, 'the end of the gallery');
  await page.evaluate(() => dispatchEvent(new Event('enough')));
  const times = (await frames).sort((one, other) => one - other);
  const below = (share) => times[Math.floor(share * (times.length - 1))];
  return { median: below(0.5), most: below(0.95), slowest: times.at(-1) };
}

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

/** The mean difference, 0 to 255, of two pictures of the studio within parts of them; left and right are in shares of the width. */
export const difference = (page, one, other, [left, right] = [0, 1]) => page.evaluate(differenceHere, [one, other, left, right]);

/** Runs in the page. */
async function differenceHere([one, other, left, right]) {
  const pixels = async (address) => {
    const bitmap = await createImageBitmap(await (await fetch(address)).blob());
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext('2d');
    context.drawImage(bitmap, 0, 0);
    const from = Math.round(left * bitmap.width);
    return context.getImageData(from, 0, Math.round(right * bitmap.width) - from, bitmap.height).data;
  };
  const [before, after] = await Promise.all([pixels(one), pixels(other)]);
  let sum = 0;
  for (let at = 0; at < before.length; at += 1) sum += Math.abs(before[at] - after[at]);
  return sum / before.length;
}
