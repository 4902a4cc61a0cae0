/** The chapter `features`. */
export function build() {
  return { sections: [] };
}
