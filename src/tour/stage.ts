/** One line of the tour, and what it is. */
export interface Line {
  /** `code`: what is being replayed; `print`: what Python would print; `note`: ours to say; `heap`: a drawing. */
  kind: "code" | "print" | "note" | "heap";
  text: string;
}

/** Where a listing puts its lines. */
export class Stage {
  readonly lines: Line[] = [];

  /** The Python statement that the next steps replay. */
  code(text: string): void {
    this.#add("code", text);
  }
  /** What Python prints here. */
  print(text = ""): void {
    this.#add("print", text);
  }
  /** What is worth knowing. */
  note(text: string): void {
    this.#add("note", text);
  }
  /** A drawing of the heap. */
  heap(text: string): void {
    this.#add("heap", text);
  }

  #add(kind: Line["kind"], text: string): void {
    for (const line of text.split("\n")) this.lines.push({ kind, text: line });
  }
}

/** One listing: a title, what it shows, and its replay on a real heap. */
export interface Listing {
  title: string;
  play: (stage: Stage) => void;
}
