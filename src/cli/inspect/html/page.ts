import type { Box } from "./icicle.js";

/**
 * The script of a report: draws the icicle and handles clicks on its boxes. The file contains the source of this function,
 * so it must not use anything outside it. Names are drawn on a canvas and never become HTML.
 */
export function page(boxes: readonly Box[], document: Document, window: Window): void {
  const canvas = document.getElementById("icicle") as HTMLCanvasElement | null;
  const about = document.getElementById("about");
  const context = canvas?.getContext("2d");
  if (!canvas || !context || !about) return;
  const HEIGHT = 22;
  const below: number[][] = boxes.map(() => []);
  boxes.forEach((box, b) => {
    if (box[0] >= 0) below[box[0]]?.push(b);
  });
  for (const list of below) list.sort((a, b) => (boxes[b]?.[2] ?? 0) - (boxes[a]?.[2] ?? 0));
  let top = 0;
  let hovered = -1;
  let drawn: { b: number; x: number; y: number; width: number }[] = [];

  const bytes = (count: number): string => {
    const units = ["B", "kB", "MB", "GB"];
    let unit = 0;
    for (; count >= 999.5 && unit < 3; unit++) count /= 1000;
    return `${count.toFixed(unit === 0 || count >= 100 ? 0 : count >= 10 ? 1 : 2)} ${units[unit] ?? ""}`;
  };
  /** The same type always has the same colour. Hue and lightness both differ between types. */
  const colorOf = (name: string): string => {
    let hash = 0;
    for (let i = 0; i < name.length; i++) hash = (hash * 31 + name.charCodeAt(i)) >>> 0;
    return `hsl(${200 + (hash % 90) * 2} 45% ${62 + (hash % 5) * 6}%)`;
  };
  const chain = (b: number): number[] => {
    const list: number[] = [];
    for (let one = b; one >= 0; one = boxes[one]?.[0] ?? -1) list.unshift(one);
    return list;
  };

  const draw = (): void => {
    const scale = window.devicePixelRatio || 1;
    const width = canvas.clientWidth;
    drawn = [];
    const above = chain(top);
    above.forEach((b, depth) => drawn.push({ b, x: 0, y: depth * HEIGHT, width }));
    let layer = [{ b: top, x: 0, width }];
    for (let depth = above.length; layer.length > 0; depth++) {
      const next: typeof layer = [];
      for (const { b, x: left, width: room } of layer) {
        let x = left;
        for (const child of below[b] ?? []) {
          const size = (room * (boxes[child]?.[2] ?? 0)) / Math.max(1, boxes[b]?.[2] ?? 1);
          if (size >= 1) {
            drawn.push({ b: child, x, y: depth * HEIGHT, width: size });
            next.push({ b: child, x, width: size });
          }
          x += size;
        }
      }
      layer = next;
    }
    const height = HEIGHT * (1 + Math.max(...drawn.map(({ y }) => y)) / HEIGHT);
    canvas.style.height = `${height}px`;
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    context.font = "12px system-ui, sans-serif";
    context.textBaseline = "middle";
    for (const { b, x, y, width: size } of drawn) {
      const [, name = "", retained = 0] = boxes[b] ?? [];
      context.fillStyle = b === hovered ? "#ffd54a" : colorOf(name);
      context.fillRect(x, y, Math.max(1, size - 1), HEIGHT - 1);
      if (size < 40) continue;
      context.save();
      context.beginPath();
      context.rect(x, y, size - 4, HEIGHT);
      context.clip();
      context.fillStyle = "#111";
      context.fillText(`${name} ${bytes(retained)}`, x + 4, y + HEIGHT / 2);
      context.restore();
    }
  };
  const describe = (b: number): void => {
    const [, , retained = 0, self = 0, objects = 0] = boxes[b] ?? [];
    const path = chain(b)
      .slice(1)
      .map((one) => boxes[one]?.[1] ?? "")
      .join(" › ");
    const own = objects > 0 ? `, ${bytes(self)} of ${objects} objects themselves` : "";
    about.textContent = `${path || "all"} — ${bytes(retained)} retained${own}`;
  };
  const at = (event: MouseEvent): number => {
    const { left, top: upper } = canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - upper];
    return drawn.find((box) => x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + HEIGHT)?.b ?? -1;
  };
  canvas.addEventListener("mousemove", (event) => {
    const b = at(event);
    if (b === hovered) return;
    hovered = b;
    if (b >= 0) describe(b);
    draw();
  });
  canvas.addEventListener("click", (event) => {
    const b = at(event);
    if (b < 0) return;
    top = b;
    describe(b);
    draw();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" && event.key !== "Backspace") return;
    top = Math.max(0, boxes[top]?.[0] ?? 0);
    describe(top);
    draw();
  });
  window.addEventListener("resize", draw);
  describe(0);
  draw();
}
