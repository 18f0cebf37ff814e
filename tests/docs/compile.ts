// Compiles the programs of all pages at once, against the package's own types.

import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import type { Program } from "./program.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

export interface Failure {
  readonly page: string;
  readonly line: number;
  readonly message: string;
}

export interface Compiled {
  readonly program: Program;
  /** The JavaScript. */
  readonly file: string;
  readonly failures: readonly Failure[];
}

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
  types: ["node"],
  typeRoots: [join(root, "node_modules/@types")],
  strict: true,
  skipLibCheck: true,
  inlineSourceMap: true,
  inlineSources: true,
};

/** What a program calls to tell what it does. */
const REPORTERS = `
declare function __value(expectation: number, value: unknown): void;
declare function __print(expectation: number): void;
declare function __printed(expectation: number): void;
`;

/** Writes the programs into a folder, compiles them and says what is wrong with each. */
export function compile(programs: readonly Program[], folder: string): Compiled[] {
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules/heapwright"), "dir");
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
  const reporters = join(folder, "reporters.d.ts");
  writeFileSync(reporters, REPORTERS);
  const files = programs.map((program, index) => {
    const file = join(folder, `${index}-${program.page.replace(/\W+/g, "-")}.ts`);
    writeFileSync(file, program.text);
    return file;
  });
  const compiler = ts.createProgram([...files, reporters], OPTIONS);
  compiler.emit();
  return programs.map((program, index) => {
    const source = compiler.getSourceFile(files[index]!)!;
    const diagnostics = [...compiler.getSyntacticDiagnostics(source), ...compiler.getSemanticDiagnostics(source)];
    return {
      program,
      file: files[index]!.replace(/\.ts$/, ".js"),
      failures: diagnostics.map(({ start, messageText }) => ({
        page: program.page,
        line: program.lineAt(start ?? 0),
        message: `does not compile: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
      })),
    };
  });
}
