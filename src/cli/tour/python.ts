/** Values that have the same meaning in both languages. */
export type Plain = null | boolean | number | bigint | string | Plain[];

/** A value in Python's spelling. */
export function repr(value: Plain): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return `'${value}'`;
  return Array.isArray(value) ? `[${value.map(repr).join(", ")}]` : value.toString();
}
