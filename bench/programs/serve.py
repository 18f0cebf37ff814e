"""Does what comes in, line by line: the name of a step and its numbers. Answers with the result, the nanoseconds it took, and those that the processor worked for it."""

import resource
import sys
import time

import program


def bytesTaken():
    """Bytes in memory now."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


STEPS = {**vars(program), "bytesTaken": bytesTaken}

with open(sys.argv[1], encoding="ascii") as requests, open(sys.argv[2], "w", encoding="ascii") as answers:
    for request in requests:
        name, *arguments = request.split()
        step = STEPS[name]
        numbers = [int(argument) for argument in arguments]
        worked = time.process_time_ns()
        start = time.perf_counter_ns()
        result = step(*numbers)
        elapsed = time.perf_counter_ns() - start
        worked = time.process_time_ns() - worked
        answers.write(f"{result if isinstance(result, int) else 0} {elapsed} {worked}\n")
        answers.flush()
