// The programs of the playground. tests/docs runs them in Node, too.

import collector from "../../playground/examples/collector.js?raw";
import cycle from "../../playground/examples/cycle.js?raw";
import errors from "../../playground/examples/errors.js?raw";
import images from "../../playground/examples/images.js?raw";
import paths from "../../playground/examples/paths.js?raw";
import values from "../../playground/examples/values.js?raw";

/** The first line of an example says what it is about. */
function example(name, title, text) {
  const [head, ...rest] = text.split("\n");
  return { name, title, about: head.replace(/^\/\/ /, ""), code: rest.join("\n").trim() + "\n" };
}

export const EXAMPLES = [
  example("cycle", "A cycle", cycle),
  example("values", "Values", values),
  example("errors", "Handles and errors", errors),
  example("collector", "The collector", collector),
  example("images", "Save and restore", images),
  example("paths", "What keeps it alive", paths),
];
