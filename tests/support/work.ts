// Units of work: how many loop turns and function calls the core does for an operation. Unlike time, the number is the
// same on every machine and in every run, so a test may compare it.
//
// The built core is instrumented with binaryen: each loop head and each function entry adds one to an exported global,
// and each 64 bytes that `memory.fill` and `memory.copy` move add one. A loop traps when the global passes a limit, so
// that a core that never returns fails a test instead of stopping it. The instrumented core is cached in the temporary
// folder, under a hash of the core and of this file.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Heap } from "../../src/index.js";
import type { Handle } from "../../src/index.js";
import { BUILDS } from "./core.js";
import type { Build } from "./core.js";
import type { SyncOptions } from "./heap.js";

/** Bytes that a bulk operation moves for one unit: a shift. */
const BULK_SHIFT = 6;

const FILES: Record<Build, string> = { release: "core.wasm", checked: "core.checked.wasm" };
const modules = new Map<Build, WebAssembly.Module>();

/** The core of a build, with an exported global `units`. */
export async function countedModule(build: Build): Promise<WebAssembly.Module> {
  let module = modules.get(build);
  if (!module) {
    module = new WebAssembly.Module(await countedBytes(build));
    modules.set(build, module);
  }
  return module;
}

async function countedBytes(build: Build): Promise<Uint8Array<ArrayBuffer>> {
  const wasm = readFileSync(new URL(`../../dist/${FILES[build]}`, import.meta.url));
  const key = createHash("sha256")
    .update(wasm)
    .update(readFileSync(fileURLToPath(import.meta.url)))
    .digest("hex");
  const folder = join(tmpdir(), "heapwright-counted-cores");
  const cached = join(folder, `${key}.wasm`);
  if (!existsSync(cached)) {
    const counted = await instrument(wasm);
    mkdirSync(folder, { recursive: true });
    // Test files run in parallel: each writes its own file, and the last rename wins.
    writeFileSync(`${cached}.${process.pid}`, counted);
    renameSync(`${cached}.${process.pid}`, cached);
  }
  return new Uint8Array(readFileSync(cached));
}

const count = (amount: string): string => `(global.set $units (i64.add (global.get $units) ${amount}))`;
const ONE = count("(i64.const 1)");
const TRAP = "(if (i64.gt_u (global.get $units) (global.get $most)) (then (unreachable)))";

/** `memory.fill` and `memory.copy` as functions that count what they move. */
const bulk = (name: "fill" | "copy"): string => `
 (func $counted_${name} (param $to i32) (param $from i32) (param $bytes i32)
  ${count(`(i64.extend_i32_u (i32.add (i32.const 1) (i32.shr_u (local.get $bytes) (i32.const ${BULK_SHIFT}))))`)}
  (memory.${name} (local.get $to) (local.get $from) (local.get $bytes)))`;

/** Instruments a module in its text format, where a loop and a function are lists of instructions. */
async function instrument(wasm: Uint8Array): Promise<Uint8Array> {
  const { default: binaryen } = await import("binaryen");
  const before = binaryen.readBinary(wasm);
  const lines: string[] = [];
  let [loops, functions, isInHead] = [0, 0, false];
  for (const line of before.emitText().split("\n")) {
    // The locals of a function come before its first instruction.
    if (isInHead && !line.startsWith("  (local ")) {
      lines.push(ONE);
      isInHead = false;
    }
    lines.push(line.replace(/\(memory\.(fill|copy)\b/, "(call $counted_$1"));
    if (/^\s*\(loop\b/.test(line)) {
      lines.push(ONE, TRAP);
      loops++;
    } else if (line.startsWith(" (func ")) {
      functions++;
      isInHead = true;
    }
  }
  before.dispose();
  const end = lines.lastIndexOf(")");
  const global = (name: string, value: number): string =>
    `(global $${name} (export "${name}") (mut i64) (i64.const ${value}))`;
  lines.splice(end, 0, bulk("fill"), bulk("copy"), global("units", 0), global("most", -1));
  const counted = binaryen.parseText(lines.join("\n"));
  counted.setFeatures(binaryen.Features.All);
  if (loops < 50 || functions < 50 || !counted.validate()) throw new Error("the core cannot be instrumented");
  const bytes = counted.emitBinary();
  counted.dispose();
  return bytes;
}

interface Counter {
  units: WebAssembly.Global<"i64">;
  most: WebAssembly.Global<"i64">;
}
const counters = new WeakMap<Heap, Counter>();

/** More units than any test of the suite takes at once: what takes more does not end. */
const MOST_UNITS = 100_000_000 * Number(process.env.HEAPWRIGHT_SCALE ?? 1);

/** A heap whose core counts its work. */
export async function countedHeap(build: Build = "release", options: SyncOptions = {}): Promise<Heap> {
  const heap = Heap.createSync({ traceHandles: false, hashSeed: 1, ...options, module: await countedModule(build) });
  counters.set(heap, storeOf(heap).core as unknown as Counter);
  return heap;
}

/** The units of work that the core has done so far. */
export function unitsSoFar(heap: Heap): number {
  const counter = counters.get(heap);
  if (!counter) throw new Error("this heap's core does not count: make it with countedHeap()");
  return Number(counter.units.value);
}

/** The units of work that the core does while `run` runs. The core traps if that does not end. */
export function unitsOf(heap: Heap, run: () => void): number {
  const before = unitsSoFar(heap);
  (counters.get(heap) as Counter).most.value = BigInt(before + MOST_UNITS);
  run();
  return unitsSoFar(heap) - before;
}

export function storeOf(heap: Heap): Handle["store"] {
  return heap.none.store;
}

/** The most units that one call of each function of the core took, without the calls that hooks made meanwhile. */
export type LongestCalls = Map<string, number>;

/** Watches every call of the core from now on. */
export function watchCalls(heap: Heap): LongestCalls {
  const longest: LongestCalls = new Map();
  const store = storeOf(heap);
  let inner = 0;
  const entries = Object.entries(store.core).map(([name, value]: [string, unknown]) => {
    if (typeof value !== "function") return [name, value];
    const run = value as (...numbers: number[]) => unknown;
    const watched = (...numbers: number[]): unknown => {
      const outer = inner;
      inner = 0;
      const before = unitsSoFar(heap);
      try {
        return run(...numbers);
      } finally {
        const taken = unitsSoFar(heap) - before;
        longest.set(name, Math.max(longest.get(name) ?? 0, taken - inner));
        inner = outer + taken;
      }
    };
    return [name, watched];
  });
  store.core = Object.fromEntries(entries) as typeof store.core;
  return longest;
}

export { BUILDS };
