import type { ProviderAdapter, ProviderCall, SpokenDialect, WireRequest } from '../../provider.js';
import { secretFields } from '../../config-schema.js';
import { operationOf } from '../../operations.js';
import { encodedTwice } from '../dialect/drive.js';
import { type Check, checksOf } from '../check.js';
import { features } from '../canonical/features.js';
import { insist, insistSame, isSameJson, shown } from '../insist.js';
import { deepFreeze, runPurely } from '../run-purely.js';
import { trialModel } from '../trial-context.js';
import { sampleConfig } from './config-samples.js';
import { checkPriceList } from './price-checks.js';
import { checkTokenFamilies } from './token-checks.js';

type Config = Readonly<Record<string, unknown>>;
type Described = Pick<WireRequest, 'url' | 'headers'>;

const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
// oxlint-disable-next-line no-control-regex -- these are the characters that a header must not have
const unsafeHeaderValue = /[\u0000-\u0008\u000a-\u001f\u007f]|[^\u0000-\u00ff]/;

/** What a provider says of its place: addresses and headers, always the same and nothing sent. */
export function descriptionChecks(subject: string, provider: ProviderAdapter, config?: Config): readonly Check[] {
  const { models, prices, tokenFamilies } = provider;
  return checksOf(subject, 'bronze', {
    'is declared in full': () => {
      insist(/^[a-z0-9][a-z0-9-]*$/.test(provider.id), `The id "${provider.id}" must be lower-case letters, digits and hyphens.`);
      insist(provider.title !== '' && provider.vendor !== '', 'title and vendor must be texts.');
      insist(provider.speaks.length > 0 && provider.speaks[0]?.onDemand === undefined, 'speaks needs a dialect that is always spoken.');
    },
    'describes the same address and headers each time, and sends nothing': () => {
      for (const spoken of provider.speaks) {
        for (const stream of [false, true]) {
          insistSendable(described(provider, spoken, stream, config));
          insistSame(
            described(provider, spoken, stream, config),
            described(provider, spoken, stream, config),
            'The same call was described in another way.',
          );
        }
      }
    },
    'says where it has the resources of its dialects': () => checkResourceAddresses(provider, config),
    'says that its bodies are JSON': () => {
      if (provider.sign !== undefined) return;
      for (const spoken of provider.speaks) {
        const headers = Object.entries(described(provider, spoken, false, config).headers);
        const [, type = 'none'] = headers.find(([name]) => name.toLowerCase() === 'content-type') ?? [];
        insist(type.startsWith('application/json'), `The content-type is ${type}: nobody adds it, so headers() has to.`);
      }
    },
    'lets the vendor know whether a stream is wanted': () => {
      for (const spoken of provider.speaks) {
        if (operationOf(spoken.dialect) !== 'generate') continue;
        const request = { ...(features[0]?.without ?? { turns: [], model: trialModel }), stream: false };
        const whole = [described(provider, spoken, false, config), encodedTwice(spoken.dialect, request).body];
        const streamed = [described(provider, spoken, true, config), encodedTwice(spoken.dialect, { ...request, stream: true }).body];
        insist(!isSameJson(whole, streamed), `${spoken.dialect.id}: address, headers and body are the same, streamed or not.`);
      }
    },
    'shows its credentials to the vendor': () => {
      if (provider.sign !== undefined) return;
      const secrets = Object.entries(sampleConfig(provider, config)).filter(([name]) => secretFields(provider.config).includes(name));
      const texts = provider.speaks.map((spoken) => JSON.stringify(described(provider, spoken, false, config))).join('');
      for (const [name, value] of secrets) {
        insist(typeof value !== 'string' || texts.includes(value), `The secret "${name}" is in no address and no header.`);
      }
    },
    ...(models === undefined
      ? {}
      : {
          'asks for the models of its place': () => {
            const settings = deepFreeze(sampleConfig(provider, config));
            const ask = (): readonly WireRequest[] => [models.request(settings), ...(models.more?.(settings) ?? [])];
            const requests = runPurely(`${provider.id}: models.request`, ask);
            for (const request of requests) insistSendable(request);
            insistSame(ask(), requests, 'The same request was described in another way.');
          },
        }),
    ...(prices === undefined
      ? {}
      : {
          'hints at prices that somebody may ask, with their day and page': () => {
            for (const list of prices) checkPriceList(list);
          },
        }),
    ...(tokenFamilies === undefined
      ? {}
      : { 'says how its models count tokens in figures that can be': () => checkTokenFamilies(tokenFamilies) }),
  });
}

function callTo(provider: ProviderAdapter, { dialect }: SpokenDialect<Config>, more: Partial<ProviderCall<Config>>, config?: Config) {
  const call: ProviderCall<Config> = {
    config: deepFreeze(sampleConfig(provider, config)),
    model: trialModel,
    stream: false,
    framing: 'sse',
    dialect,
    clientHeaders: {},
    ...more,
  };
  return Object.freeze(call);
}

function checkResourceAddresses(provider: ProviderAdapter, config?: Config): void {
  for (const spoken of provider.speaks) {
    if (spoken.resourceUrl === undefined) continue;
    for (const { path } of spoken.dialect.client?.resources ?? []) {
      const url = resourceUrlOf(provider, spoken, path, config);
      insistSendable({ url, headers: {} });
      insistSame(resourceUrlOf(provider, spoken, path, config), url, 'The same resource was described in another place.');
    }
  }
}

function resourceUrlOf(provider: ProviderAdapter, spoken: SpokenDialect<Config>, path: string, config?: Config): string {
  const call = callTo(provider, spoken, { model: '' }, config);
  const filled = path.replace(/\{\w+\}/g, 'r1');
  return runPurely(`${provider.id}: resourceUrl`, () => spoken.resourceUrl?.(call, filled) ?? '');
}

function described(provider: ProviderAdapter, spoken: SpokenDialect<Config>, stream: boolean, config?: Config): Described {
  const call = callTo(provider, spoken, { stream }, config);
  return runPurely(`${provider.id}: url and headers`, () => ({ url: spoken.url(call), headers: provider.headers(call) }));
}

/** An address and headers that a request can be made of. */
export function insistSendable({ url, headers }: Described): void {
  insist(/^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : ''), `"${url}" is no web address.`);
  insist(!/[^:]\/\//.test(url), `"${url}" has an empty part in its path.`);
  for (const [name, value] of Object.entries(headers)) {
    insist(headerName.test(name), `"${name}" is no name of a header.`);
    insist(
      typeof value === 'string' && !unsafeHeaderValue.test(value),
      `The header "${name}" cannot be sent with the value ${shown(value)}.`,
    );
  }
}
