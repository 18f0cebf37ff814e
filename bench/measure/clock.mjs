/**
 * Milliseconds that the processor has worked for this process so far: what others on the machine do is not in it. Undefined where
 * nothing tells, as in a browser. A call takes less than a microsecond.
 */
export const processorTime =
  typeof process === "undefined"
    ? undefined
    : () => {
        const { user, system } = process.cpuUsage();
        return (user + system) / 1000;
      };
