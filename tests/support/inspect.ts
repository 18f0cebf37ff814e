import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";

const cli = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

export interface Ran {
  code: number | null;
  out: string;
  /** Without progress, which depends on how busy the machine is. */
  err: string;
}

/** `reading 50 %`. */
const PROGRESS = /^[a-z][^:'"]*\n/gm;

/** Runs `heapwright inspect`, as it was built, with neither end of it a terminal. */
export function inspect(...args: readonly string[]): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, "inspect", ...args], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    env: { ...process.env, FORCE_COLOR: "", NO_COLOR: "" },
  });
  return { code: status, out: stdout, err: stderr.replace(PROGRESS, "") };
}

/** What it prints with `--json`; fails if it does not end well. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export function ask(...args: readonly string[]): any {
  const { code, out, err } = inspect(...args, "--json");
  if (code !== 0) throw new Error(`exit code ${code}: ${err}`);
  return JSON.parse(out);
}

/** A folder that goes when the tests of a file are over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "heapwright-"));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}
