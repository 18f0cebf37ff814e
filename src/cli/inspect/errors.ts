/** Invalid arguments: exit code 2, like for errors of commander. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The reason why V8 dumps cannot answer a question. */
export const NO_COUNTS = "this dump does not count references: only heap images do";
export const NO_GENERATIONS = "this dump does not know generations: only heap images do";
export const NO_SITES =
  "this dump does not know where objects were made: only images of heaps do in which tracing was started before";

/** A file that cannot be opened or written: exit code 2. */
export class FileError extends Error {
  override readonly name = "FileError";
}
