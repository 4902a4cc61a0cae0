/** Addresses of the explorer and of the API that it uses. */

import { t } from '../messages.js';

/** The explorer's address for { photo, model, layer, channel, dream, spot }; a spot is { x, y }, each 0 to 1. */
export function explorerPath(shown) {
  const params = new URLSearchParams();
  for (const name of ['photo', 'model', 'layer', 'channel', 'dream']) {
    if (shown[name] !== null && shown[name] !== undefined) params.set(name, shown[name]);
  }
  if (shown.spot) params.set('spot', `${shown.spot.x.toFixed(3)},${shown.spot.y.toFixed(3)}`);
  return `/explorer?${params}`;
}

/** The spot in the parameters of an address, or null. */
export function spotOf(params) {
  const [x, y, ...more] = (params.get('spot') ?? '').split(',').map(Number);
  return !more.length && x >= 0 && x <= 1 && y >= 0 && y <= 1 ? { x, y } : null;
}

/** The API path of a layer on a photo. */
export const layerPath = ({ photo, model, layer }) => `/api/explore/${photo}/${model}/${encodeURIComponent(layer)}`;

/** The API path of the channels of a layer. */
export const channelsPath = ({ model, layer }) => `/api/channels/${model}/${encodeURIComponent(layer)}`;

/** The name of a channel: its class, or its number. The first argument is the API's description of the layer. */
export const channelName = ({ names }, channel) => names[channel] ?? t('explorer.channel.name', { channel });

/** The address that opens a dream of a channel on a photo. */
export function dreamPath({ photo, model, layer }, channel) {
  const look = { preset: null, options: { model, layer: [layer], channel: [String(channel)] } };
  return `/dream?photo=${photo}&look=${encodeURIComponent(JSON.stringify(look))}`;
}
