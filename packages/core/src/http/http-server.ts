import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isIPv6, type AddressInfo } from 'node:net';
import { ConfigurationError } from '../foundation/errors.js';

/** Answers one request. Settles when nothing of it is left to do, which may be after its connection has gone. */
export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => Promise<unknown>;

/** A client may keep an idle connection this long; longer than the usual load balancer does, so that it is not we who close first. */
const idleConnectionMs = 75_000;
const idleSweepMs = 100;
/** What a call that was cut at the end of the time allowed may still take to let go of its upstream. */
const lastWordsMs = 2_000;
const everywhere = ['0.0.0.0', '::'];

/** The listening socket: takes requests until it is told to stop, then lets the open ones end. */
export class HttpServer {
  readonly #server: Server;
  #isTaking = true;
  #open = 0;
  #whenNoneIsOpen = (): void => undefined;

  constructor(handle: RequestHandler) {
    const ended = (): void => {
      this.#open -= 1;
      if (this.#open === 0) this.#whenNoneIsOpen();
    };
    this.#server = createServer({ keepAliveTimeout: idleConnectionMs, requestTimeout: 0 }, (request, response) => {
      // A client that sends one call after the other over the same connection would otherwise never let it go.
      if (!this.#isTaking) response.setHeader('connection', 'close');
      this.#open += 1;
      void handle(request, response).then(ended, ended);
    });
  }

  /** False from the moment it was told to stop: load balancers then look elsewhere. */
  get isTaking(): boolean {
    return this.#isTaking;
  }

  /**
   * Resolves to the address for clients on this machine.
   * @throws ConfigurationError if the place cannot be listened on, saying which variable to change.
   */
  async listen(port: number, host: string): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      const fail = (error: NodeJS.ErrnoException): void => reject(new ConfigurationError(whyNot(error, port, host), { cause: error }));
      this.#server.once('error', fail);
      this.#server.listen(port, host, () => {
        this.#server.off('error', fail);
        resolve();
      });
    });
    return urlOf(host, (this.#server.address() as AddressInfo).port);
  }

  /** Listens no more, and resolves when every open request has ended. Connections that are open at the end of the time given are cut. */
  async drain(timeMaxMs: number): Promise<void> {
    this.#isTaking = false;
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    // A connection that carries an answer now is idle once that has ended; its client would keep it open.
    const idle = setInterval(() => this.#server.closeIdleConnections(), idleSweepMs);
    const cut = setTimeout(() => this.#server.closeAllConnections(), timeMaxMs);
    const giveUp = timer(timeMaxMs + lastWordsMs);
    await closed;
    clearInterval(idle);
    clearTimeout(cut);
    await Promise.race([this.#noneOpen(), giveUp.over]);
    giveUp.stop();
  }

  #noneOpen(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#open === 0) resolve();
      else this.#whenNoneIsOpen = resolve;
    });
  }
}

/**
 * Makes sure that a place can be listened on, before anything is made that somebody would lose when it cannot.
 * @throws ConfigurationError, saying which variable to change.
 */
export async function checkPlace(port: number, host: string): Promise<void> {
  const probe = new HttpServer(async () => undefined);
  await probe.listen(port, host);
  await probe.drain(0);
}

function timer(timeMs: number): { readonly over: Promise<void>; stop(): void } {
  let handle: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    handle = setTimeout(resolve, timeMs);
  });
  return { over, stop: () => clearTimeout(handle) };
}

function urlOf(host: string, port: number): string {
  const name = host === '127.0.0.1' || everywhere.includes(host) ? 'localhost' : host;
  return `http://${isIPv6(name) ? `[${name}]` : name}:${port}`;
}

function whyNot({ code, message }: NodeJS.ErrnoException, port: number, host: string): string {
  switch (code) {
    case 'EADDRINUSE':
      return `Another program listens on port ${port} already. Stop it, or choose another port with PORT.`;
    case 'EACCES':
      return `This user may not listen on port ${port}. Choose one above 1023 with PORT.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `This machine has no address ${host} to listen on. Set HOST to one that it has, or to 0.0.0.0 for all.`;
    default:
      return `Port ${port} of ${host} cannot be listened on: ${message}. Choose others with PORT and HOST.`;
  }
}
