/** Arguments that make no sense: exit code 2, as for what commander refuses. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** A file that cannot be opened or written: exit code 2. */
export class FileError extends Error {
  override readonly name = "FileError";
}
