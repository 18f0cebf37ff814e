/** Shrinks a failing list by leaving parts out, halves first, then smaller ones, as long as it still fails. */
export function shrinkList<T>(list: readonly T[], fails: (list: T[]) => boolean): T[] {
  let current = [...list];
  for (let size = Math.ceil(current.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < current.length;) {
      const shorter = [...current.slice(0, at), ...current.slice(at + size)];
      if (fails(shorter)) current = shorter;
      else at += size;
    }
  }
  return current;
}
