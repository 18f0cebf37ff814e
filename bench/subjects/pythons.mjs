// Which CPythons this machine has, and how each was built: profile-guided optimisation makes one 15 to 30 % faster.

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const ABOUT = `
import json, platform, sys, sysconfig
print(json.dumps({
    "path": sys.executable,
    "version": platform.python_version(),
    "number": sys.version_info[:3],
    "arguments": sysconfig.get_config_var("CONFIG_ARGS") or "",
    "libraries": sysconfig.get_config_var("LIBDIR") or "",
    "unlocked": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
    "implementation": platform.python_implementation(),
}))
`;

/** Undefined for what does not run, and for what is another Python or another collector than CPython's usual one. */
function ask(command) {
  const { status, stdout } = spawnSync(command, ["-c", ABOUT], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  if (status !== 0) return undefined;
  const about = JSON.parse(stdout);
  if (about.implementation !== "CPython" || about.unlocked) return undefined;
  return { path: about.path, version: about.version, number: about.number, build: describeBuild(about) };
}

/** Debian's packages are built with profiles by rules of their own, which their arguments do not show. */
function describeBuild({ path, arguments: given, libraries }) {
  const isPackaged = path.startsWith("/usr/bin/") && /linux-gnu/.test(libraries);
  const whose = isPackaged ? "of the system's packages" : "built by itself";
  const profiled = given.includes("--enable-optimizations");
  const how = profiled || isPackaged ? "with PGO" : "without PGO";
  return `${whose}, ${how}${given.includes("--with-lto") ? " and LTO" : ""}`;
}

const minorOf = (text) => Number(text.match(/3\.(\d+)/)?.[1] ?? 0);

/** Pythons by their names, newest first: on PATH, and what pyenv has. */
function candidates() {
  const found = [];
  const list = (directory) => (existsSync(directory) ? readdirSync(directory) : []);
  const versions = join(process.env.PYENV_ROOT ?? join(homedir(), ".pyenv"), "versions");
  for (const name of list(versions)) {
    if (/^3\.\d+(\.\d+)?$/.test(name)) found.push({ minor: minorOf(name), path: join(versions, name, "bin/python3") });
  }
  for (const directory of (process.env.PATH ?? "").split(":").filter((one) => one !== "")) {
    for (const name of list(directory))
      if (/^python3\.\d+$/.test(name)) found.push({ minor: minorOf(name), path: join(directory, name) });
  }
  return found.sort((a, b) => b.minor - a.minor);
}

function find() {
  if (process.platform === "win32") return {};
  const own = (existsSync("/usr/bin/python3") && ask("/usr/bin/python3")) || ask("python3");
  for (const { minor, path } of candidates()) {
    if (own && minor <= own.number[1]) break;
    const newest = ask(path);
    if (newest) return { own, newest };
  }
  return { own };
}

let found;
/** `own`: the system's. `newest`: the newest that is newer than that one. Either may be missing. */
export const pythons = () => (found ??= find());
