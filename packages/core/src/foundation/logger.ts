import { pino, destination as openDestination } from 'pino';

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** What the rooms of the house log to: facts first, then one sentence. */
export interface Logger {
  debug(facts: object, message: string): void;
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
  /** A logger that adds these facts to each of its lines. */
  child(facts: object): Logger;
}

/** A logger with a destination of its own, which has to be emptied before the process ends. */
export interface RootLogger extends Logger {
  /** Writes what is still waiting, at once. */
  flush(): void;
}

/** Where a logger writes: a file descriptor or, in tests, a function. */
export type LogDestination = number | { write(line: string): void };

const credentialFields = ['authorization', 'cookie', 'x-api-key', 'apiKey', 'password', 'secret', 'token', 'key'];

/** Fields that may hold a credential, at the top of a line and one level below. A net only: nobody may log them in the first place. */
const redactedPaths = credentialFields.flatMap((field) => [`["${field}"]`, `*["${field}"]`, `*.headers["${field}"]`]);

/** JSON lines on `destination`; lines are handed to the operating system without holding up the event loop. */
export function createLogger(level: LogLevel, destination: LogDestination = 2): RootLogger {
  const stream = typeof destination === 'number' ? openDestination({ dest: destination, sync: false }) : destination;
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, redact: { paths: redactedPaths, censor: '(hidden)' } };
  const logger = pino(options, stream);
  return Object.assign(logger, { flush: () => flushNow(stream) });
}

function flushNow(stream: object): void {
  if (!('flushSync' in stream) || typeof stream.flushSync !== 'function') return;
  try {
    stream.flushSync();
  } catch {
    // The stream is not open yet or closed already: nothing waits in it.
  }
}
