// Files that are dropped or chosen, with the folders that they are in.

/** Files that computers put into folders by themselves. */
const isLitter = ({ name }) => name.startsWith('.') || /^(thumbs\.db|desktop\.ini)$/i.test(name);

/** The files of a drop, also those in folders: [{ file, path }]; the path is that in the dropped folder, ['animals', 'cats', 'a.jpg']. */
export async function droppedFiles({ items, files }) {
  // The items are there only until the event has been handled.
  const found = [...items].filter(({ kind }) => kind === 'file').map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile());
  const all = await Promise.all((found.length ? found : [...files]).filter(Boolean).map((one) => (one instanceof File ? [{ file: one, path: [one.name] }] : readEntry(one))));
  return all.flat().filter(({ file }) => !isLitter(file));
}

async function readEntry(entry) {
  if (entry.isFile) {
    const file = await new Promise((done) => { entry.file(done, () => done(null)); });
    return file ? [{ file, path: entry.fullPath.split('/').filter(Boolean) }] : [];
  }
  const reader = entry.createReader();
  const children = [];
  for (;;) {
    // A folder is read in parts.
    const part = await new Promise((done) => { reader.readEntries(done, () => done([])); });
    if (!part.length) break;
    children.push(...part);
  }
  return (await Promise.all(children.map(readEntry))).flat();
}

/** The files of an input, as those of a drop. */
export function chosenFiles(input) {
  return [...input.files].filter((file) => !isLitter(file))
    .map((file) => ({ file, path: (file.webkitRelativePath || file.name).split('/') }));
}

/** Sorts files into classes: each sub-folder of a folder is one, or the folder itself if it has none: { classes: Map of a name to
 *  files, loose: the files in no folder }. */
export function byFolder(found) {
  const loose = found.filter(({ path }) => path.length === 1).map(({ file }) => file);
  const inside = found.filter(({ path }) => path.length > 1);
  const deep = new Set(inside.filter(({ path }) => path.length > 2).map(({ path }) => path[0]));
  const classes = new Map();
  for (const { file, path } of inside) {
    // Files next to sub-folders are a description or the like.
    if (deep.has(path[0]) && path.length === 2) continue;
    const name = path.length > 2 ? path[1] : path[0];
    classes.set(name, [...classes.get(name) ?? [], file]);
  }
  return { classes, loose };
}
