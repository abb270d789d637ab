import { objectIn, type PluginIo, UpstreamError, type Verdict, verdictForKind } from '@tollgate/plugin-kit';
import { fingerprintOf, type ServiceAccount, signedStatement } from './service-account.js';

/** A new token is fetched this long before the old one ends. */
const refreshAheadMs = 300_000;
/** A token that ends sooner may not reach the end of its way. */
const usableMs = 10_000;
/** After a refresh has failed, the next try waits this long, as long as the old token is good. */
const retryAfterMs = 10_000;
const fetchTimeoutMs = 10_000;

export type TokenIo = Pick<PluginIo, 'fetch'>;

interface Held {
  token?: string;
  expiresAt: number;
  refreshAt: number;
  fetching?: Promise<string>;
}

/** The tokens of service accounts. One request fetches a token for all who wait for it; while the old one is good, nobody waits. */
export class AccessTokens {
  readonly #held = new Map<string, Held>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /**
   * @param io of a call: by its channel's way the token is fetched, if it has to be
   * @throws UpstreamError if the account gets none.
   */
  async tokenFor(account: ServiceAccount, io: TokenIo): Promise<string> {
    const held = this.#heldFor(fingerprintOf(account));
    const now = this.#now();
    if (now >= held.refreshAt && held.fetching === undefined) this.#refresh(held, account, io);
    if (held.token !== undefined && now < held.expiresAt - usableMs) return held.token;
    return held.fetching ?? Promise.reject(new UpstreamError(unreachable));
  }

  /** A token that was refused is fetched anew by the next call. Nothing happens where that has been done already. */
  forget(account: ServiceAccount, token: string): void {
    const fingerprint = fingerprintOf(account);
    if (this.#held.get(fingerprint)?.token === token) this.#held.delete(fingerprint);
  }

  #heldFor(fingerprint: string): Held {
    const known = this.#held.get(fingerprint);
    if (known !== undefined) return known;
    for (const [other, { expiresAt, fetching }] of this.#held)
      if (fetching === undefined && expiresAt <= this.#now()) this.#held.delete(other);
    const held: Held = { expiresAt: 0, refreshAt: 0 };
    this.#held.set(fingerprint, held);
    return held;
  }

  #refresh(held: Held, account: ServiceAccount, io: TokenIo): void {
    const fetching = this.#fetch(held, account, io).finally(() => {
      delete held.fetching;
    });
    held.fetching = fetching;
    // Whoever waits hears of a failure; where nobody does, the old token is still good.
    fetching.catch(() => {
      if (held.expiresAt - usableMs > this.#now()) held.refreshAt = this.#now() + retryAfterMs;
    });
  }

  async #fetch(held: Held, account: ServiceAccount, io: TokenIo): Promise<string> {
    const askedAt = this.#now();
    const { status, body } = await this.#ask(account, askedAt, io);
    const { access_token: token, expires_in: seconds } = objectIn(body) ?? {};
    if (status === 200 && typeof token === 'string' && token !== '' && typeof seconds === 'number') {
      held.token = token;
      held.expiresAt = askedAt + seconds * 1_000;
      held.refreshAt = held.expiresAt - Math.min(refreshAheadMs, seconds * 500);
      return token;
    }
    throw new UpstreamError(status >= 400 && status < 500 && status !== 429 ? refused : unreachable);
  }

  async #ask(account: ServiceAccount, now: number, io: TokenIo): Promise<{ readonly status: number; readonly body: unknown }> {
    const assertion = statementOf(account, now);
    try {
      const response = await io.fetch(
        {
          method: 'POST',
          url: account.token_uri,
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }).toString(),
        },
        // A token is not given up when the caller leaves who asked for it first.
        { timeoutMs: fetchTimeoutMs, outlivesCall: true },
      );
      return { status: response.status, body: response.status === 200 ? await response.json() : undefined };
    } catch {
      throw new UpstreamError(unreachable);
    }
  }
}

function statementOf(account: ServiceAccount, now: number): string {
  try {
    return signedStatement(account, now);
  } catch {
    throw new UpstreamError(refused);
  }
}

const refused: Verdict = verdictForKind('authentication', 401, 'The upstream refused the service account.', 'service_account_refused');
const unreachable: Verdict = verdictForKind('network', 502, 'The upstream gave no access token.', 'access_token_unavailable');
