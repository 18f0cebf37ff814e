import { startPython, textFunction } from "./python.js";
import type { Told } from "./gc-player.js";
import type { Step } from "./gc-program.js";

type Play = (programs: string) => string;

/** One for all files that run in this process: starting it takes seconds, and each program begins anew. */
const shared = globalThis as { heapwrightPlayer?: Promise<Play> };
let playAll: Play;

/** For `beforeAll`. */
export async function startPythonPlayer(): Promise<void> {
  shared.heapwrightPlayer ??= startPython("gc.py").then((python) => textFunction(python, "play_all"));
  playAll = await shared.heapwrightPlayer;
}

/** What CPython tells of each program. */
export function pythonPlays(programs: readonly (readonly Step[])[]): Told[][] {
  return JSON.parse(playAll(JSON.stringify(programs))) as Told[][];
}
