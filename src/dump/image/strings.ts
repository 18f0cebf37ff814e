/** The strings of a graph, each once. Index 0 is the empty one. */
export class StringTable {
  readonly texts: string[] = [""];
  readonly #indexes = new Map<string, number>([["", 0]]);
  readonly #most: number;

  /** Beyond `most` strings new ones are left out. */
  constructor(most: number) {
    this.#most = most;
  }

  indexOf(text: string): number {
    const known = this.#indexes.get(text);
    if (known !== undefined) return known;
    if (this.texts.length >= this.#most) return 0;
    const index = this.texts.push(text) - 1;
    this.#indexes.set(text, index);
    return index;
  }
}
