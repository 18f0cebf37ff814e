const CHUNK = 1 << 18;
const ZERO = 0x30;

/** Writes numbers and text into chunks of bytes. Call {@link ready} regularly to get the bytes. */
export class ByteWriter {
  #bytes = new Uint8Array(CHUNK + 4096);
  #length = 0;
  readonly #encoder = new TextEncoder();

  /** Writes a non-negative integer in decimal. */
  number(value: number): void {
    if (value > 0xffff_ffff) {
      this.text(String(value));
      return;
    }
    const bytes = this.#bytes;
    let end = this.#length;
    let rest = value;
    do {
      end++;
      rest = Math.floor(rest / 10);
    } while (rest > 0);
    this.#length = end;
    rest = value;
    do {
      const tenth = Math.floor(rest / 10);
      bytes[--end] = ZERO + (rest - tenth * 10);
      rest = tenth;
    } while (rest > 0);
  }

  /** Writes one ASCII character, given by its code. */
  byte(code: number): void {
    this.#bytes[this.#length++] = code;
  }

  text(text: string): void {
    const encoded = this.#encoder.encode(text);
    if (this.#length + encoded.length > this.#bytes.length - 4096) {
      const larger = new Uint8Array(this.#length + encoded.length + CHUNK);
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(encoded, this.#length);
    this.#length += encoded.length;
  }

  get isFull(): boolean {
    return this.#length >= CHUNK;
  }

  /** Returns the bytes written since the last call. */
  ready(): Uint8Array {
    const chunk = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return chunk;
  }
}
