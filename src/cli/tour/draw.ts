import type { Handle, Heap } from "../../index.js";

/** Formats an address like Python. */
export function hex(address: number): string {
  return `0x${address.toString(16)}`;
}

/** The generation of a collected object, in words. */
function generationOf(heap: Heap, object: Handle): string {
  const found = ([0, 1, 2] as const).find((one) =>
    heap.scope(() => heap.gc.getObjects(one).some((tracked) => tracked.is(object))),
  );
  return found === undefined ? "untracked" : `generation ${found}`;
}

/** A box for an object: its name and address, references and generation. All values are read from the heap. */
export function box(heap: Heap, title: string, object: Handle): string[] {
  const rows = [
    title,
    `${object.type} at ${hex(object.address)}`,
    `refcount ${object.refcount}, ${object.byteSize} bytes`,
    generationOf(heap, object),
  ];
  const width = Math.max(...rows.map((row) => row.length));
  return [`┌─${"─".repeat(width)}─┐`, ...rows.map((row) => `│ ${row.padEnd(width)} │`), `└─${"─".repeat(width)}─┘`];
}

/** Two boxes side by side, with an arrow in each direction. */
export function pair(left: string[], right: string[], there: string, back: string): string {
  const width = Math.max(there.length, back.length) + 4;
  const gap = left.map((_, row) => {
    if (row === 1)
      return (
        ` ${there} `
          .padStart(width - 1, "─")
          .padEnd(width, "─")
          .slice(0, width - 1) + "►"
      );
    if (row === 3) return `◄${` ${back} `.padStart(width - 2, "─").padEnd(width - 1, "─")}`;
    return " ".repeat(width);
  });
  return left.map((row, i) => `${row} ${gap[i] ?? ""} ${right[i] ?? ""}`).join("\n");
}
