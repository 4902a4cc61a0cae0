// Chapter 2: what a convolution does to a photo, and how.

import { debounce } from '../../dom.js';
import { toastProblem } from '../../toast.js';
import { section } from '../chapter.js';
import { needPhoto, pixelsOf } from '../photo.js';
import { MIDDLE, SIDE, SMALL, createBench } from './bench.js';
import { guess } from './guess.js';
import { kernelOf, isSame, putKernel } from './kernel.js';
import { lab } from './lab.js';
import { magnifier } from './magnifier.js';
import { networks } from './networks.js';
import { puzzle } from './puzzle.js';
import { switches } from './switches.js';

const PATH = '/learn/filters';

/** Its address may name a photo and a kernel: `?photo=…&kernel=0,-1,0,…`. */
export function build(context) {
  const bench = createBench();
  const slide = magnifier(bench);
  let read = null;

  async function readPhoto() {
    const { photo } = context.state;
    if (!photo || photo.id === read) return;
    read = photo.id;
    const sizes = await Promise.all([SIDE, MIDDLE, SMALL].map((side) => pixelsOf(photo, side)));
    if (read === photo.id) bench.setPhoto(...sizes);
  }

  const isHere = () => location.pathname === PATH;

  /** Writes the kernel to the address, and the photo if it names one. */
  function showAddress() {
    if (!isHere()) return;
    const params = new URLSearchParams(location.search);
    putKernel(params, bench.kernel);
    if (params.has('photo')) params.set('photo', context.state.photo.id);
    context.open(`${PATH}?${params}`, { replace: true });
  }

  context.state.on(({ photo }) => {
    if (!photo || !isHere()) return;
    const named = new URLSearchParams(location.search).get('photo');
    if (named && named !== photo.id) showAddress();
    readPhoto().catch(toastProblem);
  });
  bench.on(['kernel'], debounce(300, showAddress));
  return {
    sections: [
      section('learn.filters.guess', guess(bench)),
      section('learn.filters.lab', lab(bench, context)),
      section('learn.filters.window', slide.element),
      section('learn.filters.switches', switches(bench)),
      section('learn.filters.puzzle', puzzle(bench)),
      section('learn.filters.networks', networks(bench, context)),
      section('learn.filters.honest'),
    ],
    async show(params) {
      const kernel = kernelOf(params);
      if (kernel && !isSame(kernel, bench.kernel)) bench.setKernel(kernel);
      await needPhoto(context, params.get('photo')).catch((problem) => {
        toastProblem(problem);
        return needPhoto(context);
      });
      await readPhoto();
    },
    hide: () => slide.stop(),
  };
}
