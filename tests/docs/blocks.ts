// Reads the code blocks of a Markdown page.
//
// A comment before a block says what is special about it:
//
//     <!-- not run: why -->         the block is neither compiled nor run
//     <!-- compiled only: why -->   the block is compiled, and not run
//     <!-- new program -->          the block does not see what earlier blocks declare
//     <!-- before: code -->         code that runs before the block, and that readers do not see

/** What happens to a block. */
export type Treatment = "run" | "compiled" | "skipped";

export interface Block {
  readonly code: string;
  /** The line of the page on which the code begins, from 1. */
  readonly line: number;
  readonly treatment: Treatment;
  /** Why the block is not run; empty for one that is. */
  readonly reason: string;
  /** The block begins a program of its own. */
  readonly startsAnew: boolean;
}

const FENCE = /^(`{3,}|~{3,})(\w*)/;
const LANGUAGES = ["ts", "js", "typescript", "javascript", "mjs", "mts"];
const TREATMENTS: Record<string, Treatment> = { "not run": "skipped", "compiled only": "compiled" };

interface Marks {
  treatment: Treatment;
  reason: string;
  startsAnew: boolean;
}

const NO_MARKS: Marks = { treatment: "run", reason: "", startsAnew: false };

/** What one comment says, or null for a comment about something else. @throws for a mark without its reason or code. */
function readMark(comment: string, line: number): Partial<Marks> | { before: string } | null {
  const [, word, rest] = /^\s*(not run|compiled only|new program|before)\b:?(.*)$/s.exec(comment) ?? [];
  if (word === undefined || rest === undefined) return null;
  if (word === "new program") return { startsAnew: true };
  if (rest.trim() === "") throw new Error(`line ${line}: the mark "${word}" needs a reason or code behind a colon`);
  return word === "before" ? { before: rest } : { treatment: TREATMENTS[word]!, reason: rest.trim() };
}

/** The blocks of TypeScript and JavaScript of a page, in order; hidden code is a block, too. */
export function readBlocks(markdown: string): Block[] {
  const lines = markdown.split("\n");
  const blocks: Block[] = [];
  let marks = NO_MARKS;
  /** The line of the last mark that no block has taken yet. */
  let unused = 0;

  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!;
    const fence = FENCE.exec(line);
    if (line.startsWith("<!--")) {
      const end = lines.findIndex((text, index) => index >= at && text.includes("-->"));
      if (end < 0) throw new Error(`line ${at + 1}: the comment has no end`);
      const comment = lines.slice(at, end + 1).join("\n");
      const mark = readMark(comment.slice("<!--".length, comment.indexOf("-->")), at + 1);
      if (mark && "before" in mark) {
        // The code keeps its columns and lines: what stands before it is blanked.
        const code = " ".repeat(comment.indexOf(mark.before)) + mark.before;
        blocks.push({ ...marks, code, line: at + 1, treatment: "run", reason: "" });
        marks = { ...marks, startsAnew: false };
      } else if (mark) {
        marks = { ...marks, ...mark };
      }
      if (mark) unused = at + 1;
      at = end;
    } else if (fence) {
      const [, ticks, language] = fence as unknown as [string, string, string];
      const end = lines.findIndex((text, index) => index > at && text.startsWith(ticks));
      if (end < 0) throw new Error(`line ${at + 1}: the code block has no end`);
      if (LANGUAGES.includes(language)) {
        blocks.push({ ...marks, code: lines.slice(at + 1, end).join("\n"), line: at + 2 });
        marks = NO_MARKS;
        unused = 0;
      }
      at = end;
    } else if (unused && line.trim() !== "") {
      throw new Error(`line ${unused}: no block of code follows this mark`);
    }
  }
  if (unused) throw new Error(`line ${unused}: no block of code follows this mark`);
  return blocks;
}
