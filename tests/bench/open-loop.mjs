/** How often it is looked whether a request is due. */
const tickMs = 1;

/**
 * Sends requests at fixed instants, whether or not earlier ones have been answered, and measures each from its instant: neither a slow
 * answer nor a lack of connections hides what a caller would have waited. Resolves to the latencies in milliseconds.
 */
export function runOpenLoop(connections, request, requestsPerSecond, durationMs) {
  return new Promise((resolve, reject) => {
    const idle = [...connections];
    const due = [];
    const latencies = [];
    const startedAt = performance.now();
    const total = Math.floor((durationMs * requestsPerSecond) / 1_000);
    let planned = 0;

    const sendDue = () => {
      while (due.length > 0 && idle.length > 0) send(idle.pop(), due.shift());
    };
    const send = (connection, dueAt) => {
      const answered = () => {
        latencies.push(performance.now() - dueAt);
        idle.push(connection);
        if (latencies.length === total) resolve({ latencies });
        else sendDue();
      };
      connection.send(request, '', answered, reject);
    };
    const timer = setInterval(() => {
      const now = performance.now();
      for (; planned < total; planned += 1) {
        const dueAt = startedAt + (planned * 1_000) / requestsPerSecond;
        if (dueAt > now) break;
        due.push(dueAt);
      }
      sendDue();
      if (planned === total) clearInterval(timer);
    }, tickMs);
  });
}
