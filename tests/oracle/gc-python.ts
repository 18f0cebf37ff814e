import { startPython, textFunction } from "./python.js";
import type { Told } from "./gc-player.js";
import type { Step } from "./gc-program.js";

let playAll: (programs: string) => string;

/** For `beforeAll`. */
export async function startPythonPlayer(): Promise<void> {
  playAll = textFunction(await startPython("gc.py"), "play_all");
}

/** What CPython tells of each program. */
export function pythonPlays(programs: readonly (readonly Step[])[]): Told[][] {
  return JSON.parse(playAll(JSON.stringify(programs))) as Told[][];
}
