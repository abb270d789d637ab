import { BadRequestError, type CallView, type LinkedMedia } from '@tollgate/plugin-kit';
import { SafeFetch, type SafeResponse } from '../foundation/safe-fetch.js';
import { AddressRefusedError, ResponseTooLargeError, TooManyRedirectsError } from '../foundation/safe-fetch-errors.js';
import type { SettingsValues } from '../modules/settings/index.js';
import { fieldOfText } from './field-of-text.js';
import { type FetchedMedia, mediaToFetch } from './linked-media.js';
import type { mediaSettings } from './media-settings.js';
import { plainType, typeOfBytes } from './media-type.js';
import type { RelayCall, Translation } from './relay-call.js';
import type { Route } from './route.js';

type MediaSettings = SettingsValues<typeof mediaSettings>;

/** Fetches media that callers name by address, for upstreams that take bytes only. */
export class MediaFetcher {
  readonly #settings: () => MediaSettings;
  readonly #userAgent: string;
  #public: SafeFetch | undefined;
  #anywhere: SafeFetch | undefined;

  constructor(settings: () => MediaSettings, userAgent: string) {
    this.#settings = settings;
    this.#userAgent = userAgent;
  }

  /**
   * Leaves in the translation what the route's upstream needs. Undefined where there is nothing to fetch, so that such calls do not wait.
   * @throws BadRequestError naming the field and the reason.
   */
  fetchFor(route: Route, { json }: RelayCall, translation: Translation, view: Pick<CallView, 'signal'>): Promise<void> | undefined {
    const { upstream } = route.spoken.dialect;
    if (route.lane !== 'translate' || upstream.needsBytes === undefined) return undefined;
    const wanted = mediaToFetch(translation.request(), upstream);
    if (wanted === undefined) return undefined;
    const fetched = (translation.fetchedMedia ??= new Map());
    const missing = new Map(wanted.filter(({ url }) => !fetched.has(url)).map((media) => [media.url, media]));
    if (missing.size === 0) return undefined;
    return this.#fetchAll([...missing.values()], view.signal, fetched, (url) => fieldOfText(json, url));
  }

  async close(): Promise<void> {
    await this.#public?.close();
    await this.#anywhere?.close();
  }

  async #fetchAll(
    missing: readonly LinkedMedia[],
    signal: AbortSignal,
    into: Map<string, FetchedMedia>,
    fieldOf: (url: string) => string | undefined,
  ): Promise<void> {
    const settings = this.#settings();
    if (missing.length > settings.fetchedMax) {
      const why = `at most ${settings.fetchedMax} addresses are fetched for one request. Send the media as base64 instead`;
      throw refusal(why, fieldOf(missing[settings.fetchedMax]?.url ?? ''));
    }
    const budget = { bytesLeft: settings.bytesMax };
    const given = new AbortController();
    const limits = { timeoutMs: settings.timeoutMs, signal: AbortSignal.any([signal, given.signal]), budget };
    try {
      await Promise.all(missing.map(async (media) => into.set(media.url, await this.#fetch(media, settings, limits, fieldOf))));
    } finally {
      // The first that fails decides; the others need not be read to their end.
      given.abort();
    }
  }

  async #fetch(
    media: LinkedMedia,
    settings: MediaSettings,
    limits: Parameters<SafeFetch['fetch']>[1],
    fieldOf: (url: string) => string | undefined,
  ): Promise<FetchedMedia> {
    const headers = { accept: '*/*', 'user-agent': this.#userAgent };
    let response: SafeResponse;
    try {
      response = await this.#fetcher(settings).fetch({ method: 'GET', url: media.url, headers }, limits);
    } catch (error) {
      throw refusal(reasonOf(error, settings), fieldOf(media.url));
    }
    if (response.status !== 200) throw refusal(`the address answered with status ${response.status}`, fieldOf(media.url));
    const mimeType = typeOfBytes(response.body, response.headers.get('content-type') ?? '', media.mimeType);
    const problem = mismatch(media, mimeType);
    if (mimeType === undefined || problem !== undefined) throw refusal(problem ?? 'nobody says what it is', fieldOf(media.url));
    return { mimeType, base64: response.body.toString('base64') };
  }

  #fetcher({ allowPrivate }: MediaSettings): SafeFetch {
    return allowPrivate ? (this.#anywhere ??= new SafeFetch({ allowPrivate })) : (this.#public ??= new SafeFetch());
  }
}

/** Says nothing of where an address led: names and addresses of the operator's network are none of the caller's business. */
function reasonOf(error: unknown, settings: MediaSettings): string {
  if (error instanceof AddressRefusedError) return 'only http and https addresses on the public Internet are fetched';
  if (error instanceof ResponseTooLargeError) return `all media of a request together may have ${settings.bytesMax} bytes`;
  if (error instanceof TooManyRedirectsError) return 'the address redirects too often';
  if (error instanceof Error && error.name === 'TimeoutError') return `it did not arrive within ${settings.timeoutMs} ms`;
  return 'the address cannot be reached';
}

/** Why the bytes are not what the request says they are; undefined if they are. */
function mismatch({ media, mimeType: stated }: LinkedMedia, mimeType: string | undefined): string | undefined {
  if (mimeType === undefined) return undefined;
  const fits = media === 'file' ? stated === undefined || plainType(stated) === mimeType : mimeType.startsWith(`${media}/`);
  return fits ? undefined : `the address brought ${mimeType}, not ${media === 'file' ? stated : media}`;
}

function refusal(why: string, field: string | undefined): BadRequestError {
  const what = field === undefined ? 'Media of this request' : `The media of ${field}`;
  return new BadRequestError(`${what} could not be fetched: ${why}.`, field, 'media_not_fetched');
}
