/** The strings of a graph without duplicates. Index 0 is the empty string. */
export class StringTable {
  readonly texts: string[] = [""];
  readonly #indexes = new Map<string, number>([["", 0]]);
  readonly #most: number;

  /** A string added after the first `most` is dropped. */
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
