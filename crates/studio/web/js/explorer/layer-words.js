/** What a layer does, in a sentence. */
import { texts, t } from '../messages.js';

/** The kind of a layer by its name: `depthwise` for `block3.depthwise`, `block` for `block3`. */
function kindOf(layer) {
  const last = layer.split('.').at(-1);
  return Object.hasOwn(texts('explorer.layers'), last) ? last : layer.replace(/[\d.]+$/, '');
}

/** The sentence for a layer; a general one for a layer of a kind that has none. */
export function layerWords(layer) {
  const kind = kindOf(layer);
  return t(`explorer.layers.${Object.hasOwn(texts('explorer.layers'), kind) ? kind : 'other'}`);
}
