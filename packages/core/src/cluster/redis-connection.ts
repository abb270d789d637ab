import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';

/** Redis does not answer, or answers with an error. Says nothing that was sent to it: a password may be among it. */
export class RedisUnavailableError extends Error {
  override readonly name = 'RedisUnavailableError';
}

export interface RedisConnectionOptions {
  /** `redis://` or, with TLS, `rediss://`. */
  readonly url: string;
  /** Called once for each kind of trouble, until the connection is there again. */
  readonly onProblem: (problem: RedisUnavailableError) => void;
}

/** Lua that Redis runs as one step. */
export interface RedisScript {
  readonly text: string;
  readonly hash: string;
}

export function redisScript(text: string): RedisScript {
  return { text, hash: createHash('sha1').update(text).digest('hex') };
}

const connectTimeMaxMs = 5_000;
/** After so long without an answer a connection is taken for dead and made anew. */
const silenceMaxMs = 5_000;
const retryDelayMaxMs = 1_000;

/**
 * A connection to Redis that comes back by itself. While it is away every command fails at once: nothing that counts calls may be kept to be
 * sent later.
 */
export class RedisConnection {
  readonly #client: Redis;
  readonly #options: RedisConnectionOptions;
  #toldProblem: string | undefined;

  constructor(options: RedisConnectionOptions) {
    this.#options = options;
    this.#client = new Redis(options.url, {
      connectionName: 'tollgate',
      connectTimeout: connectTimeMaxMs,
      socketTimeout: silenceMaxMs,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      autoResubscribe: false,
      retryStrategy: (attempt) => Math.min(retryDelayMaxMs, 50 * 2 ** Math.min(attempt, 10)),
      // After a failover the old primary only reads: look up anew where to write.
      reconnectOnError: (error) => error.message.startsWith('READONLY'),
    });
    // Without a listener the first refused connection would end the process.
    this.#client.on('error', (error: unknown) => this.#tell(error));
    this.#client.on('ready', () => void (this.#toldProblem = undefined));
  }

  /** True when the connection is there in time. Never fails: a node serves without Redis, too. */
  async isReadyWithin(timeMaxMs: number): Promise<boolean> {
    const deadline = Date.now() + timeMaxMs;
    while (this.#client.status !== 'ready' && Date.now() < deadline) await wait(10);
    return this.#client.status === 'ready';
  }

  /** @throws RedisUnavailableError */
  async run(script: RedisScript, keys: readonly string[], values: readonly (string | number)[]): Promise<unknown> {
    try {
      return await this.#client.evalsha(script.hash, keys.length, ...keys, ...values);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw this.#presentable(error);
    }
    return this.#ask(() => this.#client.eval(script.text, keys.length, ...keys, ...values));
  }

  /** @throws RedisUnavailableError */
  async publish(channel: string, message: string): Promise<void> {
    await this.#ask(() => this.#client.publish(channel, message));
  }

  /**
   * From now on, and again after every reconnection: then `onListening` says so, because what was sent meanwhile is lost. A connection that
   * listens can do nothing else.
   */
  listen(channel: string, onMessage: (message: string) => void, onListening: () => void): void {
    this.#client.on('message', (_channel: string, message: string) => onMessage(message));
    const subscribe = (): void => {
      this.#client.subscribe(channel).then(onListening, (error: unknown) => this.#tell(error));
    };
    this.#client.on('ready', subscribe);
    if (this.#client.status === 'ready') subscribe();
  }

  close(): void {
    this.#client.disconnect();
  }

  async #ask<Answer>(question: () => Promise<Answer>): Promise<Answer> {
    try {
      return await question();
    } catch (error) {
      throw this.#presentable(error);
    }
  }

  #tell(error: unknown): void {
    const problem = this.#presentable(error);
    if (problem.message === this.#toldProblem) return;
    this.#toldProblem = problem.message;
    this.#options.onProblem(problem);
  }

  /** A new error: those of the library carry the command with all it was given, the password of AUTH too, and some servers repeat it. */
  #presentable(error: unknown): RedisUnavailableError {
    const told = error instanceof Error ? error.message : String(error);
    const [withoutValues = ''] = told.split(/,? with args/);
    return new RedisUnavailableError(`Redis cannot be used: ${withoutPassword(withoutValues, this.#options.url)}`);
  }
}

function withoutPassword(text: string, url: string): string {
  const { password, searchParams } = new URL(url);
  const secrets = [password, decoded(password), searchParams.get('password') ?? ''].filter((secret) => secret !== '');
  return secrets.reduce((shown, secret) => shown.replaceAll(secret, '(hidden)'), text);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
