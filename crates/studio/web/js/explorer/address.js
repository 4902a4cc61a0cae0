/** What the explorer shows, as a part of its URL. */

/** The explorer's address: { photo, model, layer, channel, dream }. */
export function explorerPath(shown) {
  const params = new URLSearchParams();
  for (const name of ['photo', 'model', 'layer', 'channel', 'dream']) {
    if (shown[name] !== null && shown[name] !== undefined) params.set(name, shown[name]);
  }
  return `/explorer?${params}`;
}

/** The start of the API's addresses about a layer on a photo. */
export const layerPath = ({ photo, model, layer }) => `/api/explore/${photo}/${model}/${encodeURIComponent(layer)}`;

/** The start of the API's addresses about the channels of a layer. */
export const channelsPath = ({ model, layer }) => `/api/channels/${model}/${encodeURIComponent(layer)}`;

/** What a channel is called: the class that it stands for, or its number. `info` is what the API told of its layer. */
export const channelName = ({ names }, channel) => names[channel] ?? `Channel ${channel}`;

/** What to open to dream a channel of a layer on a photo. */
export function dreamPath({ photo, model, layer }, channel) {
  const look = { preset: null, options: { model, layer: [layer], channel: [String(channel)] } };
  return `/dream?photo=${photo}&look=${encodeURIComponent(JSON.stringify(look))}`;
}
