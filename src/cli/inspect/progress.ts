import type { Progress } from "../../dump/steps.js";

/** The output for progress: `process.stderr`, or a test's. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Milliseconds before the first line: short work shows no progress. */
const PATIENCE = 1000;
/** Milliseconds between two lines. On a terminal each line replaces the last one; in a log they add up. */
const PACE = { terminal: 100, log: 5000 };

/** Writes progress to `stream` once the work takes more than a second. */
export function progressOn(
  stream: ProgressStream,
  now: () => number = () => performance.now(),
): { onProgress: (progress: Progress) => void; end: () => void } {
  const isTerminal = stream.isTTY === true;
  const pace = isTerminal ? PACE.terminal : PACE.log;
  const start = now();
  let last = -Infinity;
  let isOpen = false;
  return {
    onProgress({ phase, done, total }) {
      const time = now();
      if (time - start < PATIENCE || time - last < pace) return;
      last = time;
      const share = total > 0 ? ` ${Math.min(100, Math.floor((100 * done) / total))} %` : "";
      stream.write(isTerminal ? `\r\x1b[K${phase}${share}` : `${phase}${share}\n`);
      isOpen = isTerminal;
    },
    /** Clears the line. */
    end() {
      if (isOpen) stream.write("\r\x1b[K");
      isOpen = false;
    },
  };
}
