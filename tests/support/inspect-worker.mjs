// Runs the command line as it was built, again and again in one thread: what takes long is starting it.

import { workerData } from "node:worker_threads";

const { cli, port, signal } = workerData;
let printed = { out: "", err: "" };

class Ended extends Error {}

process.stdout.write = (text) => ((printed.out += text), true);
process.stderr.write = (text) => ((printed.err += text), true);
process.stdout.setMaxListeners(0);
process.exit = (code) => {
  process.exitCode = code;
  throw new Ended();
};

let runs = 0;
port.on("message", async (args) => {
  printed = { out: "", err: "" };
  process.exitCode = undefined;
  process.argv = [process.argv[0], cli, ...args];
  let broken = null;
  try {
    // Another address, so that it runs once more.
    await import(`${cli}?${++runs}`);
  } catch (error) {
    if (!(error instanceof Ended)) broken = String(error.stack);
  }
  const code = process.exitCode ?? 0;
  process.exitCode = undefined;
  port.postMessage({ code, ...printed, broken });
  Atomics.store(signal, 0, 1);
  Atomics.notify(signal, 0);
});
