/** The place of a stack frame: file, line and column. `undefined` for frames of the engine. */
export function placeIn(frame: string): string | undefined {
  const text = frame.trim();
  if (!/:\d+:\d+\)?$/.test(text) || /\bnative:\d+:\d+\)?$/.test(text)) return undefined;
  // V8 and Bun: "at name (place)" or "at place"; the others: "name@place".
  if (text.startsWith("at ")) return / \((.*)\)$/.exec(text)?.[1] ?? text.replace(/^at (?:async )?/, "");
  return text.slice(text.indexOf("@") + 1);
}
