/** The outcome of `work`, or an Error if it takes too long; what the work does later is ignored. */
export function withinTime<Value>(work: PromiseLike<Value>, timeoutMs: number): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`No answer within ${timeoutMs} ms.`)), timeoutMs);
    const stopTimer = (): void => clearTimeout(timer);
    work.then(resolve, reject).then(stopTimer, stopTimer);
  });
}
