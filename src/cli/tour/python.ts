/** Values with the same meaning in Python and JavaScript. */
export type Plain = null | boolean | number | bigint | string | Plain[];

/** A value in Python's notation. */
export function repr(value: Plain): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return `'${value}'`;
  return Array.isArray(value) ? `[${value.map(repr).join(", ")}]` : value.toString();
}
