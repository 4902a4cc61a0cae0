/** The chapter `teachers`. */
export function build() {
  return { sections: [] };
}
