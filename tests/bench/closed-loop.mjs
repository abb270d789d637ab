/**
 * Keeps every connection busy for a time: the next request leaves when the last answer has ended. Resolves when the last answer is there.
 * Connections start a moment apart, so that streams do not march in step. Requests are sent in turn.
 */
export function runClosedLoop(connections, requests, endMark, durationMs) {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    let answers = 0;
    let busy = connections.length;
    let sent = 0;
    const next = (connection) => {
      connection.send(
        requests[sent++ % requests.length],
        endMark,
        () => {
          answers += 1;
          if (performance.now() - startedAt < durationMs) {
            next(connection);
            return;
          }
          busy -= 1;
          if (busy === 0) resolve({ answers, elapsedMs: performance.now() - startedAt });
        },
        reject,
      );
    };
    for (const [index, connection] of connections.entries()) setTimeout(next, index / 4, connection);
  });
}
