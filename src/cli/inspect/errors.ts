/** Invalid arguments: exit code 2, like for errors of commander. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The reason why V8 dumps cannot answer a question. */
export const NO_COUNTS = "this dump has no refcounts: only heap images have them";
export const NO_GENERATIONS = "this dump has no generations: only heap images have them";
export const NO_SITES =
  "this dump has no allocation sites: only images have them, if trace(heap).start() was called early";

/** A file that cannot be opened or written: exit code 2. */
export class FileError extends Error {
  override readonly name = "FileError";
}
