// The sum under the window: each pixel times its number, and all products added up.

import { fill, h, setVars } from '../../dom.js';
import { t } from '../../messages.js';
import { tint, largest } from './kernel-grid.js';
import { LIGHTS, pixelColour } from './lights.js';
import { shown } from './numbers.js';

const text = (name, values) => t(`learn.filters.window.${name}`, values);

/** { element, show(kernel, windows, light) }: `windows` are those of `windowAt`, one for each map of the light. */
export function equation() {
  const cells = h('ol', { class: 'filters-cells-list', 'aria-label': text('list') });
  const heads = ['pixels', 'numbers', 'products'].map((name) => h('span', { class: `filters-head ${name} dim small`, 'aria-hidden': 'true' }, text(name)));
  const signs = [['times', '×'], ['equals', '=']].map(([name, sign]) => h('span', { class: `filters-sign ${name}`, 'aria-hidden': 'true' }, sign));
  const total = h('div', { class: 'filters-total' });
  const grid = h('div', { class: 'filters-equation' }, heads, signs, cells);
  let items = [];

  function build(size) {
    setVars(grid, { size });
    items = Array.from({ length: size * size }, (_, at) => {
      const part = (name) => h('span', { class: `filters-number ${name}` });
      const [pixel, number, product] = ['pixel', 'weight', 'product'].map(part);
      const sign = (one) => h('span', { class: 'filters-little' }, one);
      return { pixel, number, product, element: h('li', { vars: { x: at % size, y: Math.floor(at / size) }, onpointerenter: () => mark(at), onpointerleave: () => mark(null) },
        pixel, sign(' × '), number, sign(' = '), product) };
    });
    fill(cells, items.map(({ element }) => element));
  }

  const mark = (at) => items.forEach(({ element }, one) => element.classList.toggle('marked', one === at));

  /** A number for each of the light's maps, one below the other. */
  const lines = (values, digits) => (values.length > 1
    ? values.map((value, at) => [' ', h('span', { class: `filters-line ${LIGHTS.colours[at]}` }, shown(value, digits))])
    : [shown(values[0], digits)]);

  function show(kernel, windows, light) {
    const { size, numbers, by } = kernel;
    if (items.length !== size * size) build(size);
    grid.classList.toggle('many', windows.length > 1);
    const mostWeight = largest(kernel);
    const mostProduct = Math.max(...windows.flatMap(({ products }) => products.map(Math.abs)));
    items.forEach(({ pixel, number, product }, at) => {
      const values = windows.map((one) => one.values[at]);
      const products = windows.map((one) => one.products[at]);
      const { css, ink } = pixelColour(values, light);
      setVars(pixel, { fill: css, ink });
      fill(pixel, lines(values, 0));
      fill(number, shown(numbers[at], 2));
      setVars(number, tint(numbers[at], mostWeight));
      fill(product, lines(products, 1));
      if (products.length === 1) setVars(product, tint(products[0], mostProduct));
      else setVars(product, tint(0));
    });
    const sums = windows.map(({ sum }) => sum);
    const { css, ink } = pixelColour(sums, light);
    const isOut = sums.length === 1 && (sums[0] < -0.5 ? 'dark' : sums[0] > 255.5 ? 'bright' : null);
    const terms = windows.map((one, at) => h('p', { class: `filters-terms ${windows.length > 1 ? LIGHTS.colours[at] : ''}` },
      shown(one.total, 1), by !== 1 && h('span', { class: 'dim' }, ` ÷ ${shown(by, 3)} = `), by !== 1 && shown(one.sum, 1)));
    fill(total, h('span', { class: 'dim small' }, text('sum')), terms,
      h('span', { class: 'filters-pixel', vars: { fill: css, ink } }, text('pixel')),
      isOut && h('span', { class: 'dim small' }, text(isOut)));
  }

  return { element: h('div', { class: 'filters-sum' }, grid, total), show };
}
