// Cores without their hosts, so that several builds can be compared in one process.

import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";

/** The core of a build, by its directory, which lies in its project's; and where its control block says that a cycle was hurried. */
export async function readCore(directory) {
  const { outputFiles } = await build({
    entryPoints: [join(resolve(directory), "../src/wasm/control-fields.ts")],
    bundle: true,
    format: "esm",
    write: false,
  });
  const { CONTROL_PLACES } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
  const { offset } = CONTROL_PLACES.find(({ field }) => field === "isHurried");
  return { module: new WebAssembly.Module(readFileSync(join(directory, "core.wasm"))), hurriedAt: offset };
}

/** Milliseconds of the processor that this process has taken: others do not count. */
export function cpu() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const nothing = () => undefined;

/** A heap of its own. `onEvent` gets what the core says about collections and steps. */
export function heapOf({ module, hurriedAt }, onEvent = nothing) {
  const refuse = () => {
    throw new Error("the core refused an argument");
  };
  const host = {
    finalize: nothing,
    callback: nothing,
    collection: onEvent,
    forget: nothing,
    checkRoom: nothing,
    refuse,
  };
  const { exports: core } = new WebAssembly.Instance(module, { env: { abort: refuse }, host });
  if (!core.init(core.heapBase(), 0xffff0000)) throw new Error("an empty heap does not fit");
  const isHurried = () => new DataView(core.memory.buffer).getUint32(core.controlBlock() + hurriedAt, true) !== 0;
  return { core, two: core.defineType(8, 2, 0), isHurried };
}
