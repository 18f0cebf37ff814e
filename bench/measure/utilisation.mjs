// How much of any stretch of time is left to the program (minimum mutator utilisation).

/** Milliseconds. */
export const WINDOWS = [0.5, 1, 2, 5, 10, 16, 20, 50, 100];

/**
 * For each window the least share of it, wherever it begins, in which the program got on with its own work. What a batch takes when nothing
 * disturbs it (a tenth of all take less) is its own work, spread evenly over the time that the batch took.
 */
export function minimumUtilisation(batches, windows = WINDOWS) {
  const own = batches.toSorted()[Math.floor(batches.length / 10)];
  const ends = new Float64Array(batches.length + 1);
  const done = new Float64Array(batches.length + 1);
  for (const [i, time] of batches.entries()) {
    ends[i + 1] = ends[i] + time;
    done[i + 1] = done[i] + Math.min(own, time);
  }
  return windows
    .filter((window) => window <= ends.at(-1))
    .map((window) => ({ window, share: leastWork(ends, done, window) / window }));
}

/** Work as a function of time is a line with bends at the ends of batches, so the least is at a window that begins or ends at one. */
function leastWork(ends, done, window) {
  const last = ends.length - 1;
  let least = Infinity;
  let [from, to] = [0, 0];
  for (let i = 0; i <= last; i++) {
    const [begin, end] = [ends[i] - window, ends[i] + window];
    while (ends[to] < end && to < last) to++;
    if (end <= ends[last]) least = Math.min(least, workUntil(ends, done, end, to) - done[i]);
    while (ends[from] < begin) from++;
    if (begin >= 0) least = Math.min(least, done[i] - workUntil(ends, done, begin, from));
  }
  return least;
}

/** `batch`: the first that ends at that time or later. */
function workUntil(ends, done, time, batch) {
  if (batch === 0) return 0;
  const share = (time - ends[batch - 1]) / (ends[batch] - ends[batch - 1] || 1);
  return done[batch - 1] + share * (done[batch] - done[batch - 1]);
}
