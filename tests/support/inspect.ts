import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MessageChannel, Worker, receiveMessageOnPort } from "node:worker_threads";
import type { MessagePort } from "node:worker_threads";
import { afterAll } from "vitest";

const cli = new URL("../../dist/cli/main.js", import.meta.url);
const env = { ...process.env, FORCE_COLOR: "", NO_COLOR: "" };

export interface Ran {
  code: number | null;
  out: string;
  /** Without progress, which depends on how busy the machine is. */
  err: string;
}

/** `reading 50 %`. */
const PROGRESS = /^[a-z][^:'"]*\n/gm;

/** Runs `heapwright inspect`, as it was built, in a process of its own, with neither end of it a terminal. */
export function inspectInProcess(...args: readonly string[]): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [fileURLToPath(cli), "inspect", ...args], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    env,
  });
  return { code: status, out: stdout, err: stderr.replace(PROGRESS, "") };
}

/** A thread that runs the command line, and tells through `signal` that an answer is there. */
interface Runner {
  port: MessagePort;
  signal: Int32Array;
}
let runner: Runner | undefined;

function startRunner(): Runner {
  const { port1, port2 } = new MessageChannel();
  const signal = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL("inspect-worker.mjs", import.meta.url), {
    workerData: { cli: cli.href, port: port2, signal },
    transferList: [port2],
    env,
    execArgv: [],
  });
  worker.unref();
  port1.unref();
  return { port: port1, signal };
}

/** The same in a thread that is there already, which starts nothing. */
export function inspect(...args: readonly string[]): Ran {
  runner ??= startRunner();
  const { port, signal } = runner;
  Atomics.store(signal, 0, 0);
  port.postMessage(["inspect", ...args]);
  if (Atomics.wait(signal, 0, 0, 120_000) === "timed-out") throw new Error(`no end: inspect ${args.join(" ")}`);
  const { code, out, err, broken } = (receiveMessageOnPort(port) as { message: Ran & { broken: string | null } })
    .message;
  if (broken !== null) throw new Error(broken);
  return { code, out, err: err.replace(PROGRESS, "") };
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
