/** The chapter `loop`. */
export function build() {
  return { sections: [] };
}
