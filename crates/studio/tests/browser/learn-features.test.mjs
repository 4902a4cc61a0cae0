// Chapter 3 of Learn: squares and features. From beginning to end.

import assert from 'node:assert/strict';
import { findings, tooWide } from './checks.mjs';
import { picture } from './pictures.mjs';
import { PHONE, story, until } from './studio.mjs';

const AT = '/learn/features';
const MODEL = 'squeezenet';
const MOST_STEPS = 20;

const figures = (page) => ({
  squares: page.getByRole('group', { name: 'The squares of a layer, and what one of them sees' }),
  ladder: page.getByRole('group', { name: 'Five channels, from lines to faces' }),
  tree: page.getByRole('group', { name: 'A channel and those that feed it most' }),
});
const photoOf = (page) => page.getByRole('button', { name: 'Your photo: choose a spot' });
const layerOf = (page, layer) => figures(page).squares.getByRole('radio', { name: layer });
const button = (place, name) => place.getByRole('button', { name, exact: true });

/** The page shows what the studio says about the spot of the address. */
async function agrees(page, studio, photo, layer) {
  const { squares } = figures(page);
  await until(() => new URL(page.url()).searchParams.get('layer') === layer, 'the layer in the address');
  const [x, y] = new URL(page.url()).searchParams.get('spot').split(',');
  const { layers } = await studio.get(`/api/receptive-fields/${photo.id}/${MODEL}?x=${x}&y=${y}`);
  const { columns, rows, size: [width, height], field } = layers.find((one) => one.layer === layer);
  await squares.getByText(`${layer} has ${columns} × ${rows} squares`).getByText(`This one sees ${width} × ${height} pixels.`).waitFor();
  await squares.getByRole('img', { name: `${field.width} × ${field.height} pixels of the photo, which the square of ${layer} sees` }).waitFor();
}

async function answerQuestions(page, press = (one) => one.click()) {
  await press(button(page, 'A square of the first layer sees only a few pixels'));
  await press(button(page, 'We cannot be sure: perhaps soft fur with dark round spots'));
  await page.getByRole('link', { name: 'Squares and features finished' }).waitFor();
}

/** Walks down the tree to the picture. */
async function walkDown(page, press = (one) => one.click()) {
  const { tree } = figures(page);
  const down = button(tree, 'Down the branch that excites it most');
  const arrived = tree.getByText('You have arrived. The first layer reads the red, green and blue of the photo.');
  for (let step = 0; step < MOST_STEPS && !await arrived.isVisible(); step += 1) {
    const shown = await tree.getByRole('heading').textContent();
    await until(() => down.isEnabled(), 'the next branches');
    await press(down);
    await until(async () => await tree.getByRole('heading').textContent() !== shown, 'the next channel');
    await until(async () => await down.isEnabled() || arrived.isVisible(), 'its inputs');
  }
  await arrived.waitFor();
  await tree.getByRole('heading', { name: /^conv1, channel \d+$/ }).waitFor();
  assert.deepEqual(await tree.getByRole('list', { name: 'The strongest inputs' }).locator('.tree-name').allTextContents().then((names) => names.sort()),
    ['blue of the picture', 'green of the picture', 'red of the picture']);
}

// First: a later story opens the Explorer, which asks for whole layers.
story('the pictures of the chapter are made in the background, and the page says how many are ready', { at: AT, photo: picture() }, async ({ page, studio }) => {
  const progress = page.getByRole('progressbar', { name: 'Pictures that are ready' });
  const ready = async () => (await progress.isVisible() ? Number(await progress.getAttribute('value')) : 7);
  await until(async () => {
    // What is above may still grow.
    await figures(page).ladder.scrollIntoViewIfNeeded();
    return await ready() >= 5;
  }, 'the five pictures of the row');
  const { made } = await studio.get(`/api/channels/${MODEL}/fire6`);
  assert.deepEqual(made, [109, 146], 'and no others of their layer');
});

story('squares and features: the chapter done with the pointer', { at: AT, photo: picture() }, async ({ page, studio, photo }) => {
  const { squares, ladder, tree } = figures(page);
  await button(page, 'A large part of the photo').click();
  await page.getByText('It looks at squares that have looked at squares.').waitFor();

  const { width, height } = await photoOf(page).boundingBox();
  await photoOf(page).click({ position: { x: width * 0.3, y: height * 0.6 } });
  for (const layer of ['conv1', 'fire4', 'fire9']) {
    await layerOf(page, layer).check({ force: true });
    await agrees(page, studio, photo, layer);
  }
  // From the beginning again: each layer sees more.
  await button(squares, 'Watch it grow').click();
  await squares.getByText('conv1 has').waitFor();
  await squares.getByText('fire2 has').waitFor();
  await button(squares, 'Pause').click();

  await button(page, 'Eyes').click();
  await page.getByText('This picture was made from nothing to excite channel 206 of fire4').waitFor();
  await button(page, 'Upright things with gaps between them').click();
  // The parts of pictures are real: each belongs to a whole one.
  await page.getByRole('list', { name: 'Parts of real pictures that excite it most' }).first().getByRole('button').first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(/^The frame shows what the spot sees: \d+ × \d+ pixels of the picture\.$/).waitFor();
  await button(dialog, 'Close').click();

  await ladder.getByRole('radio', { name: 'Faces' }).check({ force: true });
  await ladder.getByRole('img', { name: 'Where the channel for Faces responds in your photo' }).waitFor();
  await until(() => new URL(page.url()).searchParams.get('step') === 'faces', 'the step in the address');

  const { inputs } = await studio.get(`/api/channels/${MODEL}/fire8/288/inputs?count=4`);
  const branches = tree.getByRole('list', { name: 'The strongest inputs' });
  await until(async () => await branches.getByRole('button').count() === 4, 'four branches');
  assert.deepEqual(await branches.locator('.tree-name').allTextContents(), inputs.map(({ layer, channel }) => `${layer} ${channel}`));
  await branches.getByRole('button').nth(1).click();
  await tree.getByRole('heading', { name: `${inputs[1].layer}, channel ${inputs[1].channel}` }).waitFor();
  await button(tree, 'Back up').click();
  await tree.getByRole('heading', { name: 'fire8, channel 288' }).waitFor();
  await answerQuestions(page);
});

story('the tree leads down from a face to the colours of the photo', { at: AT, photo: picture() }, async ({ page }) => {
  await walkDown(page);
  // The way down is kept: its first step is the face.
  await page.getByRole('list', { name: 'The way down' }).getByRole('button', { name: 'fire8, channel 288' }).click();
  await figures(page).tree.getByRole('heading', { name: 'fire8, channel 288' }).waitFor();
});

story('squares and features with the keyboard alone', { at: AT, photo: picture() }, async ({ page, studio, photo }) => {
  const press = async (element, key = 'Enter') => {
    await element.focus();
    await page.keyboard.press(key);
  };
  await press(button(page, 'A large part of the photo'));
  await press(photoOf(page), 'Shift+ArrowLeft');
  await page.keyboard.press('ArrowDown');
  await until(() => new URL(page.url()).searchParams.get('spot') === '0.400,0.520', 'the spot in the address');
  await press(layerOf(page, 'fire3'), 'ArrowRight');
  await agrees(page, studio, photo, 'fire4');
  await press(button(page, 'Eyes'));
  await press(figures(page).ladder.getByRole('radio', { name: 'Lines' }), 'ArrowRight');
  await page.getByRole('img', { name: 'Where the channel for Curves responds in your photo' }).waitFor();
  await walkDown(page, (one) => press(one));
  await answerQuestions(page, (one) => press(one));
});

story('squares and features on a phone', { at: AT, photo: picture(), viewport: PHONE, hasTouch: true, isMobile: true }, async ({ page, studio, photo }) => {
  await photoOf(page).tap({ position: { x: 60, y: 60 } });
  await layerOf(page, 'fire5').tap();
  await agrees(page, studio, photo, 'fire5');
  await page.locator('.ladder-step').filter({ hasText: 'Fur' }).tap();
  await page.getByRole('img', { name: 'Where the channel for Fur responds in your photo' }).waitFor();
  await figures(page).tree.getByRole('list', { name: 'The strongest inputs' }).getByRole('button').first().tap();
  assert.deepEqual(await tooWide(page), []);
  await page.setViewportSize({ width: 320, height: 640 });
  assert.deepEqual(await tooWide(page), []);
  await answerQuestions(page, (one) => one.tap());
});

story('a teacher hands out a spot, a layer and a step', { at: `${AT}?spot=0.250,0.750&layer=fire6&step=eyes` }, async ({ page }) => {
  const { squares, ladder } = figures(page);
  await squares.getByText('fire6 has').waitFor();
  assert(await layerOf(page, 'fire6').isChecked());
  assert(await ladder.getByRole('radio', { name: 'Eyes' }).isChecked());
  await ladder.getByRole('link', { name: 'Look around in the Explorer' }).click();
  await page.getByRole('heading', { name: 'Channel 146 of fire6' }).waitFor();
});

for (const colorScheme of ['dark', 'light']) {
  story(`squares and features is accessible to screen readers, ${colorScheme}`, { at: AT, photo: picture(), colorScheme }, async ({ page }) => {
    await figures(page).tree.getByRole('list', { name: 'The strongest inputs' }).getByRole('button').first().waitFor();
    await button(page, 'Fur').click();
    await button(page, 'The same 3 × 3 pixels, only more sharply').click();
    assert.deepEqual(await findings(page), []);
  });
}
