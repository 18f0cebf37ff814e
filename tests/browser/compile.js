// A worker that compiles the core, and gives the module to its page.

fetch("/dist/core.wasm")
  .then((response) => WebAssembly.compileStreaming(response))
  .then(postMessage, (error) => postMessage(String(error)));
