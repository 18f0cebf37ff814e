import { setTimeout as delay } from "node:timers/promises";
import type { Colors } from "picocolors/types.js";
import { collection } from "./collection.js";
import { counts } from "./counts.js";
import { death } from "./death.js";
import { friends } from "./friends.js";
import { gcModule } from "./gc-module.js";
import { labels } from "./labels.js";
import { Stage } from "./stage.js";
import type { Line, Listing } from "./stage.js";

/** The six listings, in the order in which articles show them. */
export const LISTINGS: readonly Listing[] = [labels, friends, counts, death, collection, gcModule];

/** Runs a listing on a new heap, and returns its lines. */
export function playListing(listing: Listing): Line[] {
  const stage = new Stage();
  listing.play(stage);
  return stage.lines;
}

export interface TourOptions {
  /** Whether to show all lines at once, without pauses. */
  fast: boolean;
  /** 1 to 6. Default: all. */
  listing?: number;
  colors: Colors;
  write: (text: string) => void;
}

const PAUSE_MS: Record<Line["kind"], number> = { code: 500, print: 350, note: 900, heap: 60 };

/** Shows the tour, line by line. */
export async function runTour({ fast, listing, colors, write }: TourOptions): Promise<void> {
  const paint: Record<Line["kind"], (text: string) => string> = {
    code: (text) => colors.dim(`  >>> ${text}`),
    print: (text) => (text === "" ? "" : `      ${text}`),
    note: (text) => colors.yellow(`   -- ${text}`),
    heap: (text) => colors.cyan(`      ${text}`),
  };
  for (const [index, one] of LISTINGS.entries()) {
    if (listing !== undefined && listing !== index + 1) continue;
    write(`\n${colors.bold(`${index + 1}. ${one.title}`)}\n\n`);
    for (const line of playListing(one)) {
      write(`${paint[line.kind](line.text)}\n`);
      if (!fast) await delay(PAUSE_MS[line.kind]);
    }
  }
  write("\n");
}
