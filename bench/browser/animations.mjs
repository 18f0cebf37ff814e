// Opens bench/browser/animation.html, once for each sort of pauses, and says what became of its frames.

import { format } from "../report/table.mjs";

const MODES = [
  ["none", "control: no heap"],
  ["unbounded", "heapwright"],
  ["bounded", "heapwright, bounded"],
];

function line(title, { frames, heapWork, longFrames, byHeap, longestWorkOfLong, cycles }) {
  return [
    `  ${title.padEnd(28)} ${String(frames.count).padStart(5)} frames`,
    `p50 ${format(frames.p50)}, p99 ${format(frames.p99)}, longest ${format(frames.max)} ms`,
    `${longFrames} above 20 ms, ${byHeap} of them by the heap (its longest part of one: ${format(longestWorkOfLong)} ms)`,
    `heap work in a frame: p50 ${format(heapWork.p50)}, p99 ${format(heapWork.p99)}, longest ${format(heapWork.max)} ms`,
    `all of it collected ${cycles} times`,
  ].join("; ");
}

/** `query`: of the page. Returns what was measured; throws if a heap is not what it should be. */
export async function measureAnimations(browser, address, query) {
  const results = [];
  for (const [mode, title] of MODES) {
    const page = await browser.newPage();
    page.on("pageerror", (error) => console.error(`page error: ${error.message}`));
    await page.goto(`${address}/bench/browser/animation.html?${query}&heap=${mode}`);
    process.stderr.write(`Animating, ${title} …\n`);
    await page.waitForFunction(() => window.measured !== undefined, undefined, { timeout: 300_000, polling: 1000 });
    const result = await page.evaluate(() => window.measured);
    await page.close();
    results.push(result);
    if (mode === "none") {
      console.log(
        `Frames of an animation, ${result.objects.toLocaleString("en-US")} objects held, ${result.replacements.toLocaleString("en-US")} cycles of two replaced in each`,
      );
    } else if (result.alive < result.objects)
      throw new Error(`${result.alive} objects are alive, of ${result.objects}`);
    console.log(line(title, result));
  }
  return results;
}
