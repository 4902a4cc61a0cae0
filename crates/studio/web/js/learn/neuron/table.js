// The table of fruit of the kit, as `oneiric train --kit fruit --pictures 60` draws it: data/fruit.csv. crates/train/tests/table/page.rs
// compares the file with the kit.

/** The numbers of a piece of fruit in the units of the page, of which the table's have so many `parts`. `low` and `high` end a slider. */
export const NUMBERS = [
  { name: 'weight', parts: 1, low: 50, high: 260 },
  { name: 'diameter', parts: 10, low: 50, high: 95 },
  { name: 'colour', parts: 1, low: -15, high: 135 },
  { name: 'roundness', parts: 100, low: 75, high: 100 },
  { name: 'fuzziness', parts: 100, low: 0, high: 100 },
];

/** Reads the rows: { kind, weight, diameter, colour, roundness, fuzziness }. */
export function readTable(text) {
  const [head, ...lines] = text.trim().split('\n').map((line) => line.split(','));
  return lines.map((cells) => {
    const fruit = { kind: cells[head.indexOf('kind')] };
    for (const { name, parts } of NUMBERS) fruit[name] = Math.round(Number(cells[head.indexOf(name)]) * parts);
    return fruit;
  });
}

/** Every fifth piece of each kind is kept for the test, so that nothing learns from it. */
export function split(rows, kinds) {
  const own = kinds.flatMap((kind) => rows.filter((fruit) => fruit.kind === kind).map((fruit, at) => ({ fruit, at })));
  const side = (isHeldOut) => own.filter(({ at }) => (at % 5 === 4) === isHeldOut).map(({ fruit }) => fruit);
  return { train: side(false), heldOut: side(true) };
}

/** Mean and deviation of each number over some fruit: [{ mean, deviation }] in the order of `names`. */
export function scalesOf(fruit, names) {
  return names.map((name) => {
    const mean = fruit.reduce((sum, one) => sum + one[name], 0) / fruit.length;
    return { mean, deviation: Math.sqrt(fruit.reduce((sum, one) => sum + (one[name] - mean) ** 2, 0) / fruit.length) };
  });
}

/** The numbers of a piece of fruit as a network sees them: distances from the mean in deviations. */
export const inputsOf = (fruit, names, scales) => names.map((name, at) => (fruit[name] - scales[at].mean) / scales[at].deviation);

/** Fruit as examples for a network. */
export const examplesOf = (fruit, kinds, names, scales) => fruit.map((one) => ({ inputs: inputsOf(one, names, scales), label: kinds.indexOf(one.kind) }));

/** The border in one number that divides two kinds best: { border, right }, how many are on the right side. */
export function bestBorder(fruit, kinds, name) {
  const sorted = [...fruit].sort((a, b) => a[name] - b[name]);
  let best = { border: 0, right: 0 };
  // How many are right if the first kind is below the border.
  let right = sorted.filter((one) => one.kind !== kinds[0]).length;
  sorted.forEach((one, at) => {
    right += one.kind === kinds[0] ? 1 : -1;
    const next = sorted[at + 1];
    const most = Math.max(right, sorted.length - right);
    if (next && next[name] > one[name] && most > best.right) best = { border: (one[name] + next[name]) / 2, right: most };
  });
  return best;
}

/** How many of two kinds the best line in two numbers divides rightly, among lines of 180 directions. */
export function bestLine(fruit, kinds, names) {
  const scales = scalesOf(fruit, names);
  const turned = (angle) => fruit.map((one) => {
    const [x, y] = inputsOf(one, names, scales);
    return { kind: one.kind, along: x * Math.cos(angle) + y * Math.sin(angle) };
  });
  return Math.max(...Array.from({ length: 180 }, (_, degree) => bestBorder(turned((degree / 180) * Math.PI), kinds, 'along').right));
}
