import { type ClientRequest, request as httpRequest } from 'node:http';
import { credentialOf, pathOf, questionIn } from '../../relay/raw-call.js';
import { eventually } from '../../support/eventually.js';
import type { DialectId } from './breaking-upstream.js';
import { jsonOf, type Seen, textIn } from './reckoner.js';

/** One streamed call of which every byte is seen as it comes, and that can be left at any of them. */
export class LeavingClient {
  readonly #request: ClientRequest;
  readonly #requestBytes: number;
  readonly #chunks: Buffer[] = [];
  readonly #dialect: DialectId;
  #status: number | undefined;
  /** Resolves when the answer is over, however it ends. */
  readonly over: Promise<void>;

  constructor(gatewayUrl: string, key: string, dialect: DialectId, model: string) {
    this.#dialect = dialect;
    const body = JSON.stringify(questionIn(dialect, model, true));
    this.#requestBytes = body.length;
    const headers = { 'content-type': 'application/json', ...credentialOf(dialect, key) };
    this.#request = httpRequest(`${gatewayUrl}${pathOf({ dialect, model, stream: true })}`, { method: 'POST', headers, agent: false });
    this.over = new Promise((resolve) => {
      this.#request.on('response', (response) => {
        this.#status = response.statusCode;
        response.on('data', (chunk: Buffer) => this.#chunks.push(chunk));
        response.on('error', () => undefined);
        response.on('close', () => resolve());
      });
      this.#request.on('error', () => resolve());
    });
    this.#request.end(body);
  }

  get seen(): Seen {
    return { status: this.#status, text: textIn(this.#dialect, jsonOf(this.#chunks)), requestBytes: this.#requestBytes };
  }

  /** Waits until so much of the text has come, and leaves. */
  async leaveAfter(text: string): Promise<void> {
    await eventually(`${text.length} characters of text`, () => this.seen.text.length >= text.length);
    this.#request.destroy();
  }
}
