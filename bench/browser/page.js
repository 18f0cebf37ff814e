// ?full measures the sizes of a full run, ?most=1000000 none that are larger; ?only=full,drop some workloads alone; ?runs=2.
// What comes out is shown, and sent to the server.

import { renderTable } from "../report/table.mjs";
import { makeRow, summarize } from "../results.mjs";
import { SUBJECTS } from "./subjects.js";
import { WORKLOADS } from "./workloads.js";

const query = new URLSearchParams(location.search);
const quick = !query.has("full");
const runs = Number(query.get("runs") ?? 2);
const only = query.get("only")?.split(",");
const most = Number(query.get("most") ?? Infinity);
const status = document.querySelector("#status");

const send = (what, value) => fetch(`/${what}`, { method: "POST", body: JSON.stringify(value) });

function say(text) {
  status.textContent = text;
  void send("status", text);
}

/** A frame of its own for each case: what one leaves behind goes with it. */
async function runCase(workload, subject, size) {
  const frame = document.createElement("iframe");
  const wanted = { workload: workload.name, subject: subject.name, size, quick };
  frame.src = `case.html#${encodeURIComponent(JSON.stringify(wanted))}`;
  const answer = new Promise((resolve) => {
    window.addEventListener("message", ({ data }) => resolve(data), { once: true });
  });
  document.body.append(frame);
  const result = await answer;
  frame.remove();
  return result;
}

async function measureRow(workload, size) {
  const subjects = SUBJECTS.filter(({ workloads }) => workloads.includes(workload.name));
  const done = new Map(subjects.map((subject) => [subject, []]));
  for (let round = 0; round < runs; round++) {
    for (const [subject, results] of done) {
      say(`${workload.name} ${size.toLocaleString("en-US")}, ${subject.title} …`);
      results.push(await runCase(workload, subject, size));
    }
  }
  return makeRow(
    { workload, size },
    Object.fromEntries([...done].map(([subject, results]) => [subject.name, summarize(results)])),
  );
}

const results = [];
const report = {
  results,
  targets: [],
  skipped: [],
  subjects: SUBJECTS.map(({ name, title }) => ({ name, title })),
  heading: [
    navigator.userAgent,
    globalThis.gc ? "" : "(objects of the browser cannot be collected at will: --js-flags=--expose-gc)",
  ],
};
for (const workload of WORKLOADS) {
  if (only && !only.some((word) => workload.name.includes(word))) continue;
  if (!SUBJECTS.some(({ workloads }) => workloads.includes(workload.name))) continue;
  for (const size of workload.sizes[quick ? "quick" : "full"].filter((one) => one <= most)) {
    results.push(await measureRow(workload, size));
    document.querySelector("#table").textContent = renderTable(report);
  }
}
status.textContent = "Done.";
void send("results", {
  agent: navigator.userAgent,
  runs,
  quick,
  subjects: report.subjects,
  results,
  table: renderTable(report),
});
