/** DevTools reads all texts as one string. V8 limits strings to 2^29 - 24 characters, including quotes and escapes. */
const MOST_CHARACTERS = 2 ** 28;

/** The strings of the file: those of the graph with their indexes, then further ones. */
export class Texts {
  readonly #graph: readonly string[];
  readonly #more: string[] = [];
  readonly #known = new Map<string, number>();

  constructor(graph: readonly string[]) {
    this.#graph = graph;
  }

  index(text: string): number {
    let index = this.#known.get(text);
    if (index === undefined) {
      index = this.#graph.length + this.#more.length;
      this.#more.push(text);
      this.#known.set(text, index);
    }
    return index;
  }

  *all(): Generator<string, void> {
    yield* this.#graph;
    yield* this.#more;
  }
}

/** The largest of several lengths to which texts can be cut so that DevTools can read them all. */
export function fittingLength(texts: Texts): number {
  for (let length = 1000; length > 8; length >>= 1) {
    let total = 0;
    for (const text of texts.all()) total += Math.min(text.length, length) + 4;
    if (total < MOST_CHARACTERS) return length;
  }
  return 8;
}
