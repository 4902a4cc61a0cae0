/** The chapter `filters`. */
export function build() {
  return { sections: [] };
}
