// A worker that compiles the core, and gives the module to its page. See docs/errors.md.

postMessage(await WebAssembly.compileStreaming(fetch("/dist/core.wasm")));
