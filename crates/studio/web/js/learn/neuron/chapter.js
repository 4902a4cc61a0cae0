/** The chapter `neuron`. */
export function build() {
  return { sections: [] };
}
