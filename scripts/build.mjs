// Builds everything into dist/: both cores, their inlined copies, and the host.

import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { encodeCore } from "./core-text.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
process.chdir(root);

async function buildCore(target) {
  const { error, stderr } = await asc.main(["assembly/index.ts", "--target", target, "--config", "asconfig.json"]);
  const messages = stderr.toString();
  if (!error && !messages.includes("WARNING")) return;
  process.stderr.write(messages);
  process.exit(1);
}

/** A WebAssembly module as one of JavaScript, so that bundlers have no file to lose. */
function inline(wasm, module) {
  const text = encodeCore(readFileSync(wasm));
  writeFileSync(module, `// Written by scripts/build.mjs.\nexport const text: string =\n  "${text}";\n`);
}

rmSync("dist", { recursive: true, force: true });
mkdirSync("dist", { recursive: true });
await buildCore("release");
await buildCore("checked");
inline("dist/core.wasm", "src/wasm/core.generated.ts");
inline("dist/core.checked.wasm", "src/wasm/core-checked.generated.ts");
writeFileSync("dist/core.wasm.d.ts", "declare const module: WebAssembly.Module;\nexport default module;\n");
const tsc = spawnSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"], {
  stdio: "inherit",
});
if (tsc.status !== 0) process.exit(tsc.status ?? 1);
