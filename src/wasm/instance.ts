import type { FetchResponse, WasmModule } from "../base/platform.js";
import { instantiate, instantiateSync } from "@assemblyscript/loader";
import { ROOM_FOR_HOOKS } from "../../assembly/layout.js";
import { WasmForbiddenError } from "../base/errors.js";
import { isA } from "../base/untrusted.js";
import { CoreAbort, Refusal } from "./guard.js";
import { arrived, startError } from "./refused.js";
import { completeExports } from "./readings.js";
import type { Address, CoreImports, RawExports } from "./exports.js";
import type { CoreExports } from "./readings.js";

/** The values that the option `module` accepts. */
export type CoreSource = CoreAtHand | FetchResponse | Promise<CoreAtHand | FetchResponse>;

/** A core that is available without waiting. */
export type CoreAtHand = WasmModule | ArrayBuffer | ArrayBufferView;

/** A core that is compiled when it is first asked for. */
export interface CoreProvider {
  compile(): Promise<WebAssembly.Module>;
  compileSync(): WebAssembly.Module;
}

export function startCoreSync(source: CoreAtHand, hooks: CoreImports): CoreExports {
  try {
    const imports = new Imports(hooks);
    return rawExports(instantiateSync(source, imports.all), imports);
  } catch (error) {
    throw startError(error, false);
  }
}

export async function startCore(source: CoreSource, hooks: CoreImports): Promise<CoreExports> {
  const core = await arrived(source);
  if (typeof WebAssembly !== "undefined" && isA(core, WebAssembly.Module)) {
    // No waiting is needed. The check for a `Response` would also make Node load all of `fetch`.
    try {
      return startCoreSync(core, hooks);
    } catch (error) {
      // Older browsers do not instantiate modules of this size synchronously on the main thread.
      if (!isA(error, WasmForbiddenError)) throw error;
    }
  }
  try {
    const imports = new Imports(hooks);
    return rawExports(await instantiate(core, imports.all), imports);
  } catch (error) {
    throw startError(error, false);
  }
}

/** The imports of a core: the host's hooks, and functions that need the core itself. */
class Imports {
  readonly all: Record<string, Record<string, unknown>>;
  #core: RawExports | undefined;

  constructor(hooks: CoreImports) {
    // These two are called when little of the stack may be left. V8 needs 40 KiB of stack to compile a function, and drops
    // compiled code that has not run for long, except that of async functions. So both are async, and run once now.
    /* eslint-disable @typescript-eslint/require-await -- they wait for nothing */
    const checkRoom = async (): Promise<void> => {
      try {
        this.#core?.needRoom(ROOM_FOR_HOOKS);
      } catch {
        this.#core?.denyRoom();
      }
    };
    const forget = async (callback: number): Promise<void> => {
      try {
        hooks.forget(callback);
      } catch {
        // The host keeps a function that is never called.
      }
    };
    /* eslint-enable @typescript-eslint/require-await */
    void checkRoom();
    void forget(0);
    this.all = {
      host: {
        ...hooks,
        checkRoom,
        forget,
        refuse: (message: Address) => {
          throw new Refusal(this.#read(message));
        },
      },
      env: {
        abort: (message: Address) => {
          throw new CoreAbort(this.#read(message));
        },
      },
    };
  }

  /** Connects the imports to the core that received them. */
  connect(core: RawExports): void {
    this.#core = core;
  }

  /** Reads a string of AssemblyScript. Its length in bytes precedes it. */
  #read(message: Address): string {
    const buffer = this.#core?.memory.buffer;
    if (buffer === undefined) return "it did not start";
    const length = new DataView(buffer).getUint32(message - 4, true);
    return new TextDecoder("utf-16le").decode(new Uint8Array(buffer, message, length));
  }
}

/** The exports without the wrappers of AssemblyScript's loader: all arguments are plain numbers. */
function rawExports(
  result: { module: WebAssembly.Module; instance: WebAssembly.Instance },
  imports: Imports,
): CoreExports {
  const exports = result.instance.exports as unknown as RawExports;
  if (typeof (exports as Partial<RawExports>).isChecked !== "function")
    throw new TypeError("the module exports no heap");
  imports.connect(exports);
  return completeExports(exports, result.module);
}
