/** A size in words. */
export function labelOf(workload, size) {
  return workload.label?.(size) ?? size.toLocaleString("en-US");
}
