import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** A project in which the package is installed as npm would: packed, and unpacked. Nothing else is, unless it is named. */
export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), "heapwright-"));
  readonly installed = join(this.folder, "node_modules/heapwright");
  /** What is in the package. */
  readonly files: readonly string[];

  constructor(...others: string[]) {
    const output = execFileSync("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", this.folder], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [packed] = JSON.parse(output) as [{ filename: string; files: { path: string }[] }];
    this.files = packed.files.map(({ path }) => path);
    mkdirSync(this.installed, { recursive: true });
    const archive = join(this.folder, packed.filename);
    execFileSync("tar", ["-xzf", archive, "--strip-components=1", "-C", this.installed]);
    for (const name of others) {
      const link = join(this.folder, "node_modules", name);
      mkdirSync(join(link, ".."), { recursive: true });
      symlinkSync(join(root, "node_modules", name), link);
    }
    this.write("package.json", '{ "type": "module" }');
  }

  write(file: string, text: string): string {
    const path = join(this.folder, file);
    writeFileSync(path, text);
    return path;
  }

  /** What a program prints. */
  run(source: string, ...args: string[]): string {
    this.write("main.js", source);
    return execFileSync(process.execPath, [...args, "main.js"], { cwd: this.folder, encoding: "utf8" });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
