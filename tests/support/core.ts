import { readFileSync } from "node:fs";
import type { CoreImports } from "../../src/wasm/exports.js";
import { CONTROL_PLACES } from "../../src/wasm/control-fields.js";
import type { ControlField } from "../../src/wasm/control-fields.js";
import { completeExports } from "../../src/wasm/readings.js";
import type { RawExports } from "../../src/wasm/exports.js";
import type { CoreExports } from "../../src/wasm/readings.js";

export type Build = "release" | "checked";
export const BUILDS: readonly Build[] = ["release", "checked"];

const FILES: Record<Build, string> = { release: "core.wasm", checked: "core.checked.wasm" };
const modules = new Map<Build, WebAssembly.Module>();

function moduleOf(build: Build): WebAssembly.Module {
  let module = modules.get(build);
  if (!module) {
    module = new WebAssembly.Module(readFileSync(new URL(`../../dist/${FILES[build]}`, import.meta.url)));
    modules.set(build, module);
  }
  return module;
}

/** A core with nothing but raw exports, as its own instance. */
export interface Core extends CoreExports {
  /** The 32-bit word at an address. */
  word(address: number): number;
  setWord(address: number, value: number): void;
}

/** What a test may put in the place of the core's imports. */
export interface Hooks extends CoreImports {
  /** Whether the stack has room for hooks. */
  hasRoom(): boolean | number;
}

/** Starts a core whose heap ends at page `pages` at most, and begins at an address. */
export function startCore(build: Build, given: Partial<Hooks> = {}, pages = 65535, base?: number): Core {
  const { hasRoom = () => true, ...hooks } = given;
  const memory = (): ArrayBuffer => (instance.exports as unknown as RawExports).memory.buffer as ArrayBuffer;
  const fail = (message: number): never => {
    const length = new DataView(memory()).getUint32(message - 4, true);
    throw new Error(new TextDecoder("utf-16le").decode(new Uint8Array(memory(), message, length)));
  };
  const module = moduleOf(build);
  const instance = new WebAssembly.Instance(module, {
    host: {
      finalize() {},
      callback() {},
      collection() {},
      forget() {},
      checkRoom() {
        if (!hasRoom()) (instance.exports as unknown as RawExports).denyRoom();
      },
      refuse: fail,
      ...hooks,
    },
    env: { abort: fail },
  });
  const exports = completeExports(instance.exports as unknown as RawExports, module);
  if (!exports.init(base ?? exports.heapBase(), pages * 65536)) throw new Error("the core did not start");
  return {
    ...exports,
    word: (address) => new DataView(exports.memory.buffer).getUint32(address >>> 0, true),
    setWord: (address, value) => new DataView(exports.memory.buffer).setUint32(address >>> 0, value, true),
  };
}

/** Rings of two objects, the first of the one type and the second of the other. Each object has a reference from outside. */
export function makeRings(core: Core, count: number, first: number, second: number): (readonly [number, number])[] {
  return Array.from({ length: count }, () => {
    const [a, b] = [core.alloc(first) >>> 0, core.alloc(second) >>> 0];
    core.setRef(a, 0, b);
    core.setRef(b, 0, a);
    return [a, b] as const;
  });
}

/** Live objects of an empty heap: None, two booleans, small ints, the empty tuple. */
export const IMMORTALS = 3 + 262 + 1;

export function liveObjects(core: Core): number {
  core.census();
  return core.liveObjects();
}

/** Where a field of the control block stands, and what it reads as. */
export function addressOf(core: Core, field: ControlField): number {
  const place = CONTROL_PLACES.find((candidate) => candidate.field === field) as { offset: number };
  return (core.controlBlock() >>> 0) + place.offset;
}
export function fieldOf(core: Core, field: ControlField): number {
  return core.word(addressOf(core, field));
}
