import { BadOptionError } from "../errors.js";
import { LAYOUT_VERSION } from "./core-layout.js";
import { decodeBase64 } from "./base64.js";
import { base64 } from "./verify.generated.js";
import type { RawExports } from "./exports.js";

/** What proves a heap sound: part of the checked core, and a module of its own (`verify.wasm`) beside the release core. */
export interface Verifier {
  /** Checks every invariant. 0, or the number of the first broken one: see `assembly/invariants.ts`. */
  verify(): number;
}

interface VerifierExports extends Verifier {
  /** Where it expects the control block. */
  verifiedBlock(): number;
}

let module: WebAssembly.Module | undefined;

/** The verifier of a core; one that has none gets the inlined module, at the first `verify`. */
export function verifierOf(exports: RawExports): Verifier {
  if ("verify" in exports) return exports as RawExports & Verifier;
  let verifier: Verifier | undefined;
  return { verify: () => (verifier ??= startVerifier(exports)).verify() };
}

/** @throws {@link BadOptionError} if the core is of another layout: it would be read wrongly. */
function startVerifier(core: RawExports): Verifier {
  module ??= new WebAssembly.Module(decodeBase64(base64));
  const exports = new WebAssembly.Instance(module, { env: { memory: core.memory } })
    .exports as unknown as VerifierExports;
  const control = core.controlBlock();
  const version = new DataView(core.memory.buffer).getUint32(control, true);
  if (exports.verifiedBlock() !== control || version !== LAYOUT_VERSION)
    throw new BadOptionError(`this verifier is for cores with memory layout ${LAYOUT_VERSION}, not ${version}`);
  return exports;
}
