/** The command line help of an option, without the parts that do not apply to a page. */
export function helpOf({ about }) {
  return about.replace(/\s*\[default: [^\]]*\]/, '').replace(/; may be repeated/, '').replace(/`oneiric models show M` lists them/, '').replace(/[.,;]?\s*$/, '.');
}
