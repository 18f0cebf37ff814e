import { instantiate, instantiateSync } from "@assemblyscript/loader";
import { BadValueError, CorruptHeapError } from "../errors.js";
import { readingsOf } from "./readings.js";
import type { CoreImports, RawExports } from "./exports.js";
import type { CoreReadings } from "./readings.js";

/** A core: what it exports, and what its memory says. */
export interface CoreExports extends RawExports, CoreReadings {}

/** What a heap can be made of. */
export type CoreSource =
  WebAssembly.Module | BufferSource | Response | Promise<WebAssembly.Module | BufferSource | Response>;

export function startCoreSync(source: WebAssembly.Module | BufferSource, imports: CoreImports): CoreExports {
  return rawExports(instantiateSync(source, { host: { hasRoom: () => 1, ...imports } }));
}

export async function startCore(source: CoreSource, imports: CoreImports): Promise<CoreExports> {
  const core = await source;
  if (core instanceof WebAssembly.Module) {
    // There is nothing to wait for; and to be asked whether it is a `Response`, Node would load all of `fetch`.
    try {
      return startCoreSync(core, imports);
    } catch (error) {
      // Older browsers start nothing of this size at once, on their main thread.
      if (!(error instanceof RangeError)) throw error;
    }
  }
  return rawExports(await instantiate(core, { host: { hasRoom: () => 1, ...imports } }));
}

/** The loader's own exports go through a wrapper each; ours are plain numbers and need none. */
function rawExports(result: { instance: WebAssembly.Instance }): CoreExports {
  const exports = result.instance.exports as unknown as RawExports;
  if (typeof (exports as Partial<RawExports>).isChecked !== "function")
    throw new TypeError("the module exports no heap");
  return completeExports(exports);
}

/** Adds to what a core exports what can be done without an export. */
export function completeExports(exports: RawExports): CoreExports {
  return { ...exports, ...readingsOf(exports.memory, exports.controlBlock()) };
}

type AnyFunction = (...numbers: number[]) => unknown;

/**
 * The same functions, each of which tells `onTrap` if the core traps or overflows the stack: its state
 * is then half changed.
 */
export function guardExports(exports: CoreExports, onTrap: (cause: unknown) => CorruptHeapError): CoreExports {
  return mapExports(exports, (run) => (a, b, c, d, e) => {
    try {
      return run(a, b, c, d, e);
    } catch (error) {
      // From a hook inside a trapped core: it has been told already.
      if (error instanceof CorruptHeapError) throw error;
      // An argument that cannot become a number is refused at the door: nothing has run.
      if (error instanceof TypeError) throw new BadValueError("the core takes numbers alone", { cause: error });
      throw onTrap(error);
    }
  });
}

/** Functions that all throw: what is left of a heap that is disposed of or corrupt. */
export function deadExports(exports: CoreExports, error: () => Error): CoreExports {
  return mapExports(exports, () => () => {
    throw error();
  });
}

function mapExports(exports: CoreExports, wrap: (run: AnyFunction) => AnyFunction): CoreExports {
  const entries = Object.entries(exports).map(([name, value]: [string, unknown]) => [
    name,
    typeof value === "function" ? wrap(value as AnyFunction) : value,
  ]);
  return Object.fromEntries(entries) as CoreExports;
}
