export default globalThis.Benchmark;
