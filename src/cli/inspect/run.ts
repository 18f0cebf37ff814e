import { HeapwrightError } from "../../base/errors.js";
import type { StepOptions } from "../../dump/steps.js";
import { Dump } from "./dump.js";
import { FileError, UsageError } from "./errors.js";
import { openDump } from "./open.js";
import { progressOn } from "./progress.js";
import { render, renderJson } from "./report.js";
import type { Colors, Report } from "./report.js";
import { shown } from "./text.js";

/** Exit codes: success; a budget was exceeded; bad arguments, a bad file or an internal error; interrupted. */
export const Exit = { OK: 0, FINDING: 1, TROUBLE: 2, INTERRUPTED: 130 } as const;

export interface Terminal {
  readonly out: { write(text: string): unknown };
  readonly err: { readonly isTTY?: boolean; write(text: string): unknown };
  readonly colors: Colors;
}

export interface RunOptions {
  readonly command: string;
  readonly json: boolean;
  readonly signal?: AbortSignal;
}

/** Opens a dump for a command. A command may open several. */
export type Open = (path: string) => Promise<Dump>;

/** Runs a command and returns its exit code. The report goes to `out`; progress and errors go to `err`. */
export async function run(
  terminal: Terminal,
  { command, json, signal }: RunOptions,
  action: (open: Open, options: StepOptions) => Promise<Report>,
): Promise<number> {
  const progress = progressOn(terminal.err);
  const options: StepOptions = { onProgress: progress.onProgress, ...(signal ? { signal } : {}) };
  let file = "";
  const open: Open = async (path) => {
    file = path;
    const { graph, format } = await openDump(path, options);
    return new Dump(graph, path, format, options);
  };
  try {
    const report = await action(open, options);
    progress.end();
    terminal.out.write(json ? renderJson(command, report) : render(report, terminal.colors));
    return report.isFinding === true ? Exit.FINDING : Exit.OK;
  } catch (error) {
    progress.end();
    const isCancelled = signal?.aborted === true && error === signal.reason;
    terminal.err.write(`heapwright inspect ${command}: ${isCancelled ? "cancelled" : explain(error, file)}\n`);
    return isCancelled ? Exit.INTERRUPTED : Exit.TROUBLE;
  }
}

/** One line for an expected error; the whole stack for an internal one. */
function explain(error: unknown, file: string): string {
  if (error instanceof UsageError || error instanceof FileError) return error.message;
  if (error instanceof HeapwrightError) return `${shown(file, 200)}: ${error.name}: ${shown(error.message, 500)}`;
  return `this should not have happened; please tell us. ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}
