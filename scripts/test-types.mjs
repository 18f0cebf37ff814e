// Compiles programs against the package's own types with each version of TypeScript that they are for: in each way of finding
// modules, and with and without the library "DOM". Strict, and with the types themselves checked.
//
//     npm run test:types

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync, copyFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const VERSIONS = ["typescript-5.4", "typescript-5.9", "typescript"];
const RESOLUTIONS = [
  { module: "node16", moduleResolution: "node16" },
  { module: "nodenext", moduleResolution: "nodenext" },
  { module: "esnext", moduleResolution: "bundler" },
];
const LIBRARIES = [
  { lib: ["es2022", "dom"], files: ["consumer.ts", "readme.ts"] },
  { lib: ["es2022"], files: ["consumer.ts", "readme.ts", "without-dom.ts", "console.d.ts"] },
];

const folder = mkdtempSync(join(tmpdir(), "heapwright-types-"));
let failures = 0;
try {
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules/heapwright"), "dir");
  for (const file of ["consumer.ts", "without-dom.ts"])
    copyFileSync(join(root, "tests/types", file), join(folder, file));
  // The first program that a reader copies.
  const [, program] = /```ts\n(.*?)```/s.exec(readFileSync(join(root, "README.md"), "utf8"));
  writeFileSync(join(folder, "readme.ts"), program);
  writeFileSync(join(folder, "console.d.ts"), "declare const console: { log(...values: unknown[]): void };\n");
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
  for (const version of VERSIONS) {
    for (const resolution of RESOLUTIONS) {
      for (const { lib, files } of LIBRARIES) {
        const compilerOptions = {
          ...resolution,
          lib,
          target: "es2022",
          types: [],
          strict: true,
          exactOptionalPropertyTypes: true,
          noUncheckedIndexedAccess: true,
          skipLibCheck: false,
          // What a program exports needs names in its declarations.
          declaration: true,
          outDir: join(folder, "out"),
        };
        const config = join(folder, "tsconfig.json");
        writeFileSync(config, JSON.stringify({ compilerOptions, files }));
        const tsc = join(root, "node_modules", version, "bin/tsc");
        const { stdout, stderr, status } = spawnSync(process.execPath, [tsc, "-p", config], { encoding: "utf8" });
        console.log(
          `${version}, ${resolution.moduleResolution}, ${lib.join(" ")}: ${status === 0 ? "compiles" : "FAILS"}`,
        );
        if (status === 0) continue;
        failures++;
        console.log(stdout + stderr);
      }
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
process.exitCode = failures === 0 ? 0 : 1;
