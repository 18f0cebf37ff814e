// A program with a leak: a cache that forgets nothing, behind some other things. Writes its heap to the file it is given.
// The sessions are heavy, so that the pile stands out beside what any version of Node holds itself.
import { writeHeapSnapshot } from "node:v8";

class Session {
  constructor(number) {
    this.token = `session token number ${number} `.repeat(8);
    this.payload = new Array(256).fill(number);
  }
}
class SessionCache {
  entries = new Map();
  remember(number) {
    this.entries.set(number, new Session(number));
  }
}
class Server {
  handlers = [() => 1, () => 2];
  forgottenCache = new SessionCache();
}
globalThis.server = new Server();
for (let number = 0; number < 10_000; number++) globalThis.server.forgottenCache.remember(number);
writeHeapSnapshot(process.argv[2]);
