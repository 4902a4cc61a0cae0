/** The chapter `learning`. */
export function build() {
  return { sections: [] };
}
