// Opens a view of the shared image that it is sent, and answers questions: paths, and what is there.
import { parentPort } from "node:worker_threads";
import { openView } from "../../dist/view.js";

parentPort.once("message", ({ image, paths }) => {
  const view = openView(image);
  const answers = paths.map((path) => view.read(...path));
  parentPort.postMessage({ answers, copy: view.read("doc").toJS() });
});
