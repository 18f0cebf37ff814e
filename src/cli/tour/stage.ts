/** One line of the tour, and its kind. */
export interface Line {
  /** `code`: the replayed statement; `print`: Python's output; `note`: an explanation; `heap`: a drawing. */
  kind: "code" | "print" | "note" | "heap";
  text: string;
}

/** Maximal width of a note: with its margin it fits 80 columns. */
const NOTE_WIDTH = 74;

/** Collects the lines of a listing. */
export class Stage {
  readonly lines: Line[] = [];

  /** Adds the Python statement that the next steps replay. */
  code(text: string): void {
    this.#add("code", text);
  }
  /** Adds a line of Python's output. */
  print(text = ""): void {
    this.#add("print", text);
  }
  /** Adds an explanation, wrapped between words. */
  note(text: string): void {
    const lines = text.match(new RegExp(`\\S.{0,${NOTE_WIDTH - 1}}(?=\\s|$)`, "g")) ?? [];
    this.#add("note", lines.join("\n"));
  }
  /** Adds a drawing of the heap. */
  heap(text: string): void {
    this.#add("heap", text);
  }

  #add(kind: Line["kind"], text: string): void {
    for (const line of text.split("\n")) this.lines.push({ kind, text: line });
  }
}

/** One listing: its title, its purpose, and its replay on a real heap. */
export interface Listing {
  title: string;
  play: (stage: Stage) => void;
}
