import { pino, destination as openDestination } from 'pino';
import { hideCredentials } from './hide-credentials.js';

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

/** Lines are written together once there are this many bytes, and after this time at the latest. */
const togetherBytes = 12_288;
const togetherMs = 250;

/** JSON lines on `destination`; lines are handed to the operating system without holding up the event loop. */
export function createLogger(level: LogLevel, destination: LogDestination = 2): RootLogger {
  const stream =
    typeof destination === 'number'
      ? openDestination({ dest: destination, sync: false, minLength: togetherBytes, periodicFlush: togetherMs })
      : destination;
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      // Not pino's own redaction: its copies of every line were half of what the garbage collector had to do.
      formatters: { log: hideCredentials },
      serializers: { err: (error: unknown) => shownError(error) },
    },
    stream,
  );
  const childOf = logger.child;
  return Object.assign(logger, {
    flush: () => flushNow(stream),
    // Children are made with their parent as prototype, so this holds for all generations.
    child(this: typeof logger, facts: Record<string, unknown>) {
      return childOf.call(this, hideCredentials(facts));
    },
  });
}

function flushNow(stream: object): void {
  if (!('flushSync' in stream) || typeof stream.flushSync !== 'function') return;
  try {
    stream.flushSync();
  } catch {
    // The stream is not open yet or closed already: nothing waits in it.
  }
}

function shownError(error: unknown): unknown {
  const told: unknown = error instanceof Error ? pino.stdSerializers.err(error) : error;
  return typeof told === 'object' && told !== null ? hideCredentials(told as Record<string, unknown>) : told;
}
