// What every view must fulfil.

import axe from 'axe-core';

/** The serious findings of axe, with the elements that cause them. */
export async function findings(page) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html.slice(0, 160)} (${failureSummary.split('\n')[1]?.trim()})`).join(' | ')}`);
}

/** Elements that make their view wider than the screen. */
export const tooWide = (page) => page.evaluate(() => [...document.querySelectorAll('.view:not([hidden])')]
  .filter((element) => element.scrollWidth > element.clientWidth)
  .map((element) => `${element.id}: ${element.scrollWidth} in ${element.clientWidth}`));
