/** The help of an option on the command line, without what is said otherwise on a page. */
export function helpOf({ about }) {
  return about.replace(/\s*\[default: [^\]]*\]/, '').replace(/; may be repeated/, '').replace(/`oneiric models show M` lists them/, '').replace(/[.,;]?\s*$/, '.');
}
