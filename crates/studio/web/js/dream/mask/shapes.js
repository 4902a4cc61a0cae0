// Reads, writes and draws shapes such as `circle:50%,50%,30%,10%`.

/** Kinds of shapes: the names of their numbers, and default values in per cent. */
export const SHAPES = {
  circle: { title: 'Circle', parts: [['Horizontal position', 50], ['Vertical position', 50], ['Radius', 30], ['Soft edge', 10]] },
  rect: { title: 'Rectangle', parts: [['Left', 20], ['Top', 20], ['Width', 60], ['Height', 60], ['Soft edge', 10]] },
  top: { title: 'Top', parts: [['Depth', 40], ['Soft edge', 10]] },
  bottom: { title: 'Bottom', parts: [['Depth', 40], ['Soft edge', 10]] },
  left: { title: 'Left', parts: [['Depth', 40], ['Soft edge', 10]] },
  right: { title: 'Right', parts: [['Depth', 40], ['Soft edge', 10]] },
  'gradient:top': { title: 'Fading from the top', parts: [] },
  'gradient:bottom': { title: 'Fading from the bottom', parts: [] },
  'gradient:left': { title: 'Fading from the left', parts: [] },
  'gradient:right': { title: 'Fading from the right', parts: [] },
};

/** Writes a shape. */
export function writeShape(kind, numbers) {
  return kind.startsWith('gradient') ? kind : `${kind}:${numbers.map((number) => `${number}%`).join(',')}`;
}

/** A function that returns the weight of a shape, 0 to 1, at a point of a picture of this size; null if the text is not a shape. */
export function readShape(text, width, height) {
  const [name, rest = ''] = text.split(':');
  if (name === 'gradient') return gradient(rest.trim(), width, height);
  const parts = rest.split(',').map((part) => part.trim());
  const length = (part = '0', side = Math.min(width, height)) => (part.endsWith('%') ? (parseFloat(part) / 100) * side : parseFloat(part));
  const inside = insideOf(name, parts, length, width, height);
  if (!inside) return null;
  const soft = Math.max(1, length(parts[{ circle: 3, rect: 4 }[name] ?? 1]));
  return (x, y) => {
    const t = Math.min(Math.max(inside(x, y) / soft + 0.5, 0), 1);
    return t * t * (3 - 2 * t);
  };
}

/** A function that returns the distance of a point from the border in pixels; negative outside the shape. */
function insideOf(name, parts, length, width, height) {
  switch (name) {
    case 'circle': {
      const [cx, cy, radius] = [length(parts[0], width), length(parts[1], height), length(parts[2])];
      return (x, y) => radius - Math.hypot(x - cx, y - cy);
    }
    case 'rect': {
      const [left, top] = [length(parts[0], width), length(parts[1], height)];
      const [right, bottom] = [left + length(parts[2], width), top + length(parts[3], height)];
      return (x, y) => Math.min(x - left, right - x, y - top, bottom - y);
    }
    case 'top': return (x, y) => length(parts[0], height) - y;
    case 'bottom': return (x, y) => length(parts[0], height) - (height - y);
    case 'left': return (x) => length(parts[0], width) - x;
    case 'right': return (x) => length(parts[0], width) - (width - x);
    default: return null;
  }
}

function gradient(edge, width, height) {
  return {
    top: (x, y) => 1 - y / height, bottom: (x, y) => y / height, left: (x) => 1 - x / width, right: (x) => x / width,
  }[edge] ?? null;
}
