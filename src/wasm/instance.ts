import { instantiate, instantiateSync } from "@assemblyscript/loader";
import { BadValueError, CorruptHeapError } from "../errors.js";
import type { CoreExports, CoreImports } from "./exports.js";

/** What a heap can be made of. */
export type CoreSource =
  WebAssembly.Module | BufferSource | Response | Promise<WebAssembly.Module | BufferSource | Response>;

export function decodeBase64(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

export function startCoreSync(source: WebAssembly.Module | BufferSource, imports: CoreImports): CoreExports {
  return rawExports(instantiateSync(source, { host: { ...imports } }));
}

export async function startCore(source: CoreSource, imports: CoreImports): Promise<CoreExports> {
  return rawExports(await instantiate(source, { host: { ...imports } }));
}

/** The loader's own exports go through a wrapper each; ours are plain numbers and need none. */
function rawExports(result: { instance: WebAssembly.Instance }): CoreExports {
  const exports = result.instance.exports as unknown as CoreExports;
  if (typeof (exports as Partial<CoreExports>).isChecked !== "function")
    throw new TypeError("the module exports no heap");
  return exports;
}

type AnyFunction = (...numbers: number[]) => number;

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
