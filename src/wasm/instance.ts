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

/** What a heap can be made of. */
export type CoreSource = CoreAtHand | FetchResponse | Promise<CoreAtHand | FetchResponse>;

/** A core that need not be waited for. */
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
    // There is nothing to wait for; and to be asked whether it is a `Response`, Node would load all of `fetch`.
    try {
      return startCoreSync(core, hooks);
    } catch (error) {
      // Older browsers start nothing of this size at once, on their main thread.
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

/** What a core imports: the host's hooks, and what needs the core itself. */
class Imports {
  readonly all: Record<string, Record<string, unknown>>;
  #core: RawExports | undefined;

  constructor(hooks: CoreImports) {
    // These two are called where little of the stack may be left. V8 compiles no function with less than 40 KiB, and
    // throws code away that has not run for long, but never that of an async function. So they are, and run once now.
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
        // The host keeps a function that nobody will call.
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

  /** Connects them to the core that they were given to. */
  connect(core: RawExports): void {
    this.#core = core;
  }

  /** A string of AssemblyScript's: its length in bytes stands in front of it. */
  #read(message: Address): string {
    const buffer = this.#core?.memory.buffer;
    if (buffer === undefined) return "it did not start";
    const length = new DataView(buffer).getUint32(message - 4, true);
    return new TextDecoder("utf-16le").decode(new Uint8Array(buffer, message, length));
  }
}

/** The loader's own exports go through a wrapper each; ours are plain numbers and need none. */
function rawExports(result: { instance: WebAssembly.Instance }, imports: Imports): CoreExports {
  const exports = result.instance.exports as unknown as RawExports;
  if (typeof (exports as Partial<RawExports>).isChecked !== "function")
    throw new TypeError("the module exports no heap");
  imports.connect(exports);
  return completeExports(exports);
}
