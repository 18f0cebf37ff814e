/** One line of the tour, and what it is. */
export interface Line {
  /** `code`: what is being replayed; `print`: what Python would print; `note`: ours to say; `heap`: a drawing. */
  kind: "code" | "print" | "note" | "heap";
  text: string;
}

/** What a note may take of a line, so that its margin and it fit 80 columns. */
const NOTE_WIDTH = 74;

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
  /** What is worth knowing. Broken between words as needed. */
  note(text: string): void {
    const lines = text.match(new RegExp(`\\S.{0,${NOTE_WIDTH - 1}}(?=\\s|$)`, "g")) ?? [];
    this.#add("note", lines.join("\n"));
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
