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

/** Shrinks the elements of a failing list, each to the first of its smaller forms with which it still fails, and again. */
export function shrinkElements<T>(
  list: readonly T[],
  smaller: (element: T) => T[],
  fails: (list: T[]) => boolean,
): T[] {
  const current = [...list];
  for (const at of current.keys()) {
    for (;;) {
      const better = smaller(current[at] as T).find((one) => fails(current.with(at, one)));
      if (better === undefined) break;
      current[at] = better;
    }
  }
  return current;
}
