// The kernels of the first layer as small colour pictures, one beside the other.

import { h } from '../../dom.js';
import { t } from '../../messages.js';
import { kernelColours, largestWeight } from './numbers.js';

const KERNELS = 12;

/** Creates the kernels: { element, show(kernels) }. */
export function kernelRow() {
  const canvases = Array.from({ length: KERNELS }, () => h('canvas', { class: 'lesson-kernel', width: 3, height: 3, 'aria-hidden': 'true' }));
  const words = h('p', { class: 'visually-hidden' });
  return {
    element: h('div', { class: 'lesson-kernels', role: 'group', 'aria-label': t('learn.learning.kernels.name') },
      h('p', { class: 'label' }, t('learn.learning.kernels.name')), h('div', { class: 'lesson-kernel-row' }, canvases), words),
    /** Shows the kernels; `before` are those of the beginning. */
    show(kernels, before) {
      const largest = Math.max(largestWeight(kernels), largestWeight(before));
      kernels.forEach((kernel, at) => {
        const image = new ImageData(3, 3);
        kernelColours(kernel, largest).forEach((value, place) => { image.data[Math.floor(place / 3) * 4 + (place % 3)] = value; });
        for (let pixel = 0; pixel < 9; pixel += 1) image.data[pixel * 4 + 3] = 255;
        canvases[at].getContext('2d').putImageData(image, 0, 0);
      });
      const moved = kernels.flat().reduce((sum, weight, at) => sum + Math.abs(weight - before.flat()[at]), 0) / kernels.flat().length;
      words.textContent = t('learn.learning.kernels.moved', { by: moved.toFixed(3) });
    },
  };
}
