import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** The package as npm packs it, once for all tests that run in one process. */
const shared = globalThis as { heapwrightArchive?: Archive };

interface Archive {
  path: string;
  files: string[];
}

function pack(): Archive {
  const folder = mkdtempSync(join(tmpdir(), "heapwright-"));
  process.once("exit", () => {
    rmSync(folder, { recursive: true, force: true });
  });
  const output = execFileSync("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [packed] = JSON.parse(output) as [{ filename: string; files: { path: string }[] }];
  return { path: join(folder, packed.filename), files: packed.files.map(({ path }) => path) };
}

/** A project in which the package is installed as npm would: packed, and unpacked. Nothing else is, unless it is named. */
export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), "heapwright-"));
  readonly installed = join(this.folder, "node_modules/heapwright");
  /** What is in the package. */
  readonly files: readonly string[];

  constructor(...others: string[]) {
    const archive = (shared.heapwrightArchive ??= pack());
    this.files = archive.files;
    mkdirSync(this.installed, { recursive: true });
    execFileSync("tar", ["-xzf", archive.path, "--strip-components=1", "-C", this.installed]);
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
