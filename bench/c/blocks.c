// The blocks of an allocator, asked for and given back. Compiled once for each allocator: see `bench/subjects/program.mjs`.

#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>
#ifdef USE_MIMALLOC
#include <mimalloc.h>
#define malloc mi_malloc
#define free mi_free
#endif

#define STEP(name) __attribute__((export_name(#name), used))

enum { OBJECT = 24, BLOCKS = 100000, SEED = 12345 };

static uint32_t state = SEED;
static uint32_t *blocks[BLOCKS];
static uint32_t sizes[BLOCKS];
static uint32_t smallest, largest;

static uint32_t draw(uint32_t bound) {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state % bound;
}

STEP(enable) void enable(int on) { (void)on; }

// A header and two references, and something written, so that no block can be optimised away.
STEP(churn) void churn(uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    volatile uint32_t *block = malloc(OBJECT);
    *block = i;
    free((void *)block);
  }
}

static void replaceBlock(uint32_t index) {
  if (blocks[index]) free(blocks[index]);
  uint32_t size = smallest + draw(largest - smallest);
  uint32_t *block = malloc(size);
  block[2] = size;
  blocks[index] = block;
  sizes[index] = size;
}
STEP(mixedStart) void mixedStart(uint32_t min, uint32_t max) {
  smallest = min;
  largest = max;
  state = SEED;
  for (uint32_t i = 0; i < BLOCKS; i++) replaceBlock(i);
}
// Bytes between what the linker placed and the end of what the allocator asked for.
STEP(heapBytes) double heapBytes(void) {
  extern char __heap_base;
#ifdef USE_MIMALLOC
  // It grows memory by itself, behind what there was at the start.
  return 65536.0 * __builtin_wasm_memory_size(0) - FIRST_MEMORY;
#else
  return (double)((uintptr_t)sbrk(0) - (uintptr_t)&__heap_base);
#endif
}

STEP(mixed) void mixed(uint32_t count) {
  for (uint32_t i = 0; i < count; i++) replaceBlock(draw(BLOCKS));
}
STEP(mixedBytes) double mixedBytes(void) {
  double sum = 0;
  for (uint32_t i = 0; i < BLOCKS; i++) {
    if (blocks[i][2] != sizes[i]) return -1;
    sum += sizes[i];
  }
  return sum;
}
