import type { ServerResponse } from 'node:http';
import type { KeptAnswer } from '../modules/idempotency/index.js';
import type { AnswerCapture } from './answer-capture.js';

/** An answer of this size or more is sent as it is; smaller ones share one buffer with the head. */
const oneBufferBytesMax = 65_536;

/** Says that the answer is that of an earlier call under the same idempotency key. */
const replayedHeader = 'idempotency-replayed';

/** The gateway's own part of the time until the head went out, in milliseconds. */
const overheadHeader = 'x-tollgate-overhead-ms';

const lastChunk = '0\r\n\r\n';

/** The way back to the client as one attempt uses it. */
export type AttemptReply = Pick<
  ClientReply,
  | 'headSent'
  | 'claim'
  | 'noteFirstByte'
  | 'waitBegins'
  | 'waitEnds'
  | 'onGone'
  | 'onDrain'
  | 'setHeader'
  | 'dropHeader'
  | 'sendWhole'
  | 'startStream'
  | 'write'
  | 'end'
>;

/**
 * The way back to the client. It is the only writer of the response: once the head is out it stays out, and nothing is written to a client
 * that left.
 */
export class ClientReply {
  #streaming = false;
  /** True once this class writes the chunks of HTTP/1.1 itself: whole, where Node would write each in four parts. */
  #framesChunks = false;
  #left = false;
  #firstByte: number | undefined;
  readonly #openedAt = performance.now();
  /** Time spent waiting for others; `#waitingSince` is set while that goes on. */
  #waitedMs = 0;
  #waitingSince: number | undefined;
  #overheadUs: number | undefined;
  readonly #leaveListeners: (() => void)[] = [];
  #drainListener: (() => void) | undefined;
  readonly #extraHeaders = new Map<string, string>();

  readonly #response: ServerResponse;
  /** What the answer is filed under: the request id, or that of the call whose answer is given again. */
  #requestId: string;
  /** Set if the answer is to be given again. */
  #capture: AnswerCapture | undefined;

  constructor(response: ServerResponse, requestId: string) {
    this.#response = response;
    this.#requestId = requestId;
    this.#left = response.closed;
    response.on('close', () => this.#noteClose());
    response.on('drain', () => this.#drainListener?.());
  }

  /** True once a status has been sent: a later failure can only be said inside the stream. */
  get headSent(): boolean {
    return this.#response.headersSent;
  }

  /** True if the client hung up before the answer was complete. */
  get gone(): boolean {
    return this.#left;
  }

  /** When the first byte of an answer went out, in milliseconds since 1970. */
  get firstByteAt(): number | undefined {
    return this.#firstByte;
  }

  /** Said by an attempt before anything of its answer goes out. It means something where several race for one client. */
  claim(): void {
    // Whoever has the client for itself has nothing to claim.
  }

  noteFirstByte(): void {
    if (!this.#left) this.#firstByte ??= Date.now();
  }

  /** From now on it is not the gateway that takes its time. */
  waitBegins(): void {
    this.#waitingSince ??= performance.now();
  }

  /** May be called when nothing is waited for. */
  waitEnds(): void {
    if (this.#waitingSince === undefined) return;
    this.#waitedMs += performance.now() - this.#waitingSince;
    this.#waitingSince = undefined;
  }

  /** The gateway's own part of the time until the head of the answer went out, in microseconds. */
  get overheadUs(): number | undefined {
    return this.#overheadUs;
  }

  /** Calls at once if the client has left already. */
  onGone(listener: () => void): void {
    if (this.#left) listener();
    else this.#leaveListeners.push(listener);
  }

  /** Resolves after the time, or when the client has left. */
  pause(timeMs: number): Promise<void> {
    if (this.#left) return Promise.resolve();
    this.waitBegins();
    return new Promise((resolve) => {
      const over = (): void => {
        clearTimeout(timer);
        this.#leaveListeners.splice(this.#leaveListeners.indexOf(over), 1);
        this.waitEnds();
        resolve();
      };
      const timer = setTimeout(over, timeMs);
      this.#leaveListeners.push(over);
    });
  }

  /** Runs whenever the client can take more after `write` said false. One listener at a time. */
  onDrain(listener: () => void): void {
    this.#drainListener = listener;
  }

  /** A header for the head that is still to come. */
  setHeader(name: string, value: string): void {
    this.#extraHeaders.set(name, value);
  }

  /** Takes a header back that an attempt set and the next one does not. */
  dropHeader(name: string): void {
    this.#extraHeaders.delete(name);
  }

  /** From now on a copy is made of everything that leaves, or would leave if the client had not gone. */
  captureInto(capture: AnswerCapture): void {
    this.#capture = capture;
  }

  /** Undefined where no copy is made. */
  get capture(): AnswerCapture | undefined {
    return this.#capture;
  }

  /** Gives the answer of an earlier call, byte for byte. What was a stream comes at once. */
  replay({ requestId, status, contentType, bytes }: KeptAnswer): void {
    this.#requestId = requestId;
    this.setHeader(replayedHeader, 'true');
    this.sendWhole(status, contentType, bytes);
  }

  sendWhole(status: number, contentType: string, body: Buffer | string): void {
    if (this.#capture !== undefined) {
      this.#capture.begin(status, contentType);
      this.#capture.add(body);
    }
    if (this.#left) return;
    this.noteFirstByte();
    const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
    this.#writeHead(status, contentType, ['content-length', String(length)]);
    if (typeof body === 'string') this.#response.end(body);
    else if (length < oneBufferBytesMax) this.#response.end(body.toString('latin1'), 'latin1');
    else this.#response.end(body);
  }

  startStream(contentType: string): void {
    this.#capture?.begin(200, contentType);
    if (this.#streaming || this.#left) return;
    this.#streaming = true;
    this.#writeHead(200, contentType, ['cache-control', 'no-cache', 'x-accel-buffering', 'no']);
    this.#framesChunks = this.#response.chunkedEncoding;
    this.#response.chunkedEncoding = false;
  }

  /** False if the client is slower than the upstream: read no more until `onDrain` runs. */
  write(bytes: Buffer | string): boolean {
    this.#capture?.add(bytes);
    if (this.#left || bytes.length === 0) return true;
    return this.#response.write(this.#framesChunks ? chunkOf(bytes) : bytes);
  }

  /** Ends the answer, with these last bytes if there are any. */
  end(bytes?: Buffer | string): void {
    if (bytes !== undefined) this.#capture?.add(bytes);
    if (this.#left) return;
    const isEmpty = bytes === undefined || bytes.length === 0;
    if (this.#framesChunks) this.#response.end(isEmpty ? lastChunk : chunkOf(bytes, lastChunk));
    else this.#response.end(bytes);
  }

  #writeHead(status: number, contentType: string, headers: readonly string[]): void {
    const now = performance.now();
    const waitedMs = this.#waitedMs + (this.#waitingSince === undefined ? 0 : now - this.#waitingSince);
    this.#overheadUs = Math.round((now - this.#openedAt - waitedMs) * 1_000);
    const flat = [
      'content-type',
      contentType,
      'x-request-id',
      this.#requestId,
      overheadHeader,
      String(this.#overheadUs / 1_000),
      ...headers,
    ];
    for (const [name, value] of this.#extraHeaders) flat.push(name, value);
    this.#response.writeHead(status, flat);
  }

  #noteClose(): void {
    if (this.#response.writableFinished) return;
    this.#left = true;
    for (const listener of this.#leaveListeners.splice(0)) listener();
  }
}

/** One chunk of a body of unknown length (RFC 9112 §7.1) in one piece of memory, and what follows it. */
function chunkOf(bytes: Buffer | string, after = ''): Buffer | string {
  if (typeof bytes === 'string') return `${Buffer.byteLength(bytes).toString(16)}\r\n${bytes}\r\n${after}`;
  const head = `${bytes.length.toString(16)}\r\n`;
  const chunk = Buffer.allocUnsafe(head.length + bytes.length + 2 + after.length);
  chunk.write(head, 'latin1');
  bytes.copy(chunk, head.length);
  chunk.write(`\r\n${after}`, head.length + bytes.length, 'latin1');
  return chunk;
}
