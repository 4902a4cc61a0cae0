// Converts painted layers to the places of the API, and back.

import { urls } from '../../api.js';
import { loadPicture } from '../pictures.js';
import { HUES, MaskLayer } from './layer.js';

/** Uploads the painted layers and returns the parts of Places that replace those of `before`. */
export async function placesOf(layers, onlyRegions, before, api) {
  const [own, ...others] = await Promise.all(layers.map(async (layer) => ({ layer, place: layer.isEmpty ? null : await placeOf(layer, api) })));
  const regions = others.filter(({ place }) => place).map(({ layer, place }) => ({ look: layer.look, place }));
  return {
    mask: own.place,
    invert_mask: Boolean(!own.place && before.where && before.invert_mask),
    regions,
    only_regions: onlyRegions && !own.place && regions.length > 0,
  };
}

async function placeOf(layer, api) {
  if (layer.shape) return { shape: layer.shape };
  layer.picture ??= (await api.upload(await layer.toPng(), `${layer.look ?? 'mask'}.png`)).id;
  return { picture: layer.picture };
}

/** Creates the layers from the places of an opened dream. */
export async function layersOf(photo, places) {
  const own = new MaskLayer(photo, null, HUES[0]);
  const layers = [own];
  if (places.mask) await put(own, places.mask);
  if (places.mask && places.invert_mask) own.invert();
  for (const [at, { look, place }] of (places.regions ?? []).entries()) {
    const layer = new MaskLayer(photo, look, HUES[(at + 1) % HUES.length]);
    await put(layer, place);
    layers.push(layer);
  }
  return layers;
}

async function put(layer, { shape, picture }) {
  if (shape) layer.setShape(shape);
  else layer.setPicture(await loadPicture(urls.view(picture, 1280)), picture);
}
