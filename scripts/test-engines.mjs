// Asks other engines, from the registry, for what depends on the engine: where stacks say that the program called.

import { faultsOf, PROGRAM } from "../tests/sites/check.mjs";

const ENGINES = { deno: ["deno@2.9.6", "run", "--allow-all"], bun: ["bun@1.4.5"] };

let isRight = true;
for (const [engine, [source, ...args]] of Object.entries(ENGINES)) {
  const faults = faultsOf("npx", ["--yes", source, ...args, PROGRAM]);
  console.log(`${engine}: ${faults.length === 0 ? "right" : `${faults.length} wrong\n${faults.join("\n")}`}`);
  isRight &&= faults.length === 0;
}
process.exitCode = isRight ? 0 : 1;
