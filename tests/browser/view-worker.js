// Opens a view of the shared image that it is sent, and says what is in it.

import { openView } from "/dist/view.js";

onmessage = ({ data }) => {
  const view = openView(data);
  if (view.read("doc", "texts", "short") !== "héé") throw new Error("another text");
  postMessage(view.read("doc").toJS());
};
