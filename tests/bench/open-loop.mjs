/** How often it is looked whether a request is due. */
const tickMs = 1;

/**
 * Sends requests at fixed instants, whether or not earlier ones have been answered, and measures each from its instant: a slow answer does
 * not delay the measuring of the next. Resolves to the latencies in milliseconds.
 */
export function runOpenLoop(connections, request, requestsPerSecond, durationMs) {
  return new Promise((resolve, reject) => {
    const idle = [...connections];
    const latencies = [];
    const startedAt = performance.now();
    const total = Math.floor((durationMs * requestsPerSecond) / 1_000);
    let sent = 0;
    const send = (dueAt) => {
      const connection = idle.pop();
      if (connection === undefined) return reject(new Error('All connections are busy: the rate is too high for this machine.'));
      connection.send(
        request,
        '',
        () => {
          latencies.push(performance.now() - dueAt);
          idle.push(connection);
          if (latencies.length === total) resolve({ latencies });
        },
        reject,
      );
    };
    const timer = setInterval(() => {
      const now = performance.now();
      for (; sent < total; sent += 1) {
        const dueAt = startedAt + (sent * 1_000) / requestsPerSecond;
        if (dueAt > now) return;
        send(dueAt);
      }
      clearInterval(timer);
    }, tickMs);
  });
}
