/** What has just been made, filled: all of it, or nothing. If filling fails, it is released. */
export function filled<T extends { release(): void }>(made: T, fill: (made: T) => void): T {
  try {
    fill(made);
    return made;
  } catch (error) {
    made.release();
    throw error;
  }
}
