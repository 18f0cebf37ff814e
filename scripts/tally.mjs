/** Counts what was checked, and says each. */
export class Tally {
  passed = 0;
  failed = 0;

  check(isRight, what) {
    if (isRight) this.passed++;
    else this.failed++;
    console.log(`  ${isRight ? "ok" : "FAILED"}: ${what}`);
  }

  toString() {
    return `${this.passed} passed, ${this.failed} failed`;
  }
}
