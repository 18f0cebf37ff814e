const bytes = {
  name: "bytes",
  title: "bytes of an object with two references, in a linked list",
  unit: "bytes",
  sizes: { full: [1e6], quick: [1e5] },
  open(program, count) {
    program.enable(0);
    const inUse = () => (program.bytesInUse ?? program.bytesTaken)();
    const before = inUse();
    const takenBefore = program.bytesTaken();
    program.chain(count);
    // What ours has from the start counts, too: it is part of pages.
    const figure = (inUse() - (program.isPaged ? 0 : before)) / count;
    const taken = (program.bytesTaken() - takenBefore) / count;
    return {
      value: () => ({
        figure,
        taken,
        ...(program.bitmapBytes && { bitmapShare: program.bitmapBytes() / program.bytesInUse() }),
        ...(taken > 0 && { note: `${taken.toFixed(1)} taken from the system` }),
      }),
      check() {
        const alive = program.alive?.();
        if (alive !== undefined && alive !== count) throw new Error(`${alive} objects are alive, of ${count}`);
      },
    };
  },
};

export const memory = [bytes];
