// How often a case runs: one that takes long runs less often, or the whole would take hours.

/** Of a case whose first run took more than so many seconds: at most so many runs. Longest first. */
export const LONG_CASES = [
  { seconds: 30, runs: 1 },
  { seconds: 15, runs: 2 },
  { seconds: 6, runs: 3 },
];

/** How many of the wanted runs a case gets, by the seconds that its first one took. */
export function runsOf(wanted, seconds, longCases = LONG_CASES) {
  return Math.min(wanted, longCases.find((one) => seconds > one.seconds)?.runs ?? wanted);
}
