import { newId } from '../../foundation/ids.js';
import type { SecretBox } from '../../foundation/secret-box.js';
import { type ChannelOptions, defaultChannelOptions } from './channel-options.js';
import { sealConfig } from './channel-secrets.js';
import type { StoredChannel } from './channel-store.js';
import { testProvider } from './test-provider.js';

/** What a channel of a test has for its provider; the rest is sealed with it. */
interface TestPlace {
  readonly baseUrl?: string;
  readonly options?: ChannelOptions;
}

/** A channel of the test provider as it is stored: it offers the model `m` to the default group. */
export function testChannel(
  name: string,
  secretBox: SecretBox,
  change: Partial<Omit<StoredChannel, 'options'>> = {},
  { baseUrl = 'http://127.0.0.1:1', options = defaultChannelOptions }: TestPlace = {},
): StoredChannel {
  const id = newId();
  return {
    id,
    name,
    provider: testProvider.id,
    ...sealConfig(testProvider, id, { baseUrl, apiKey: `key of ${name}` }, options, secretBox),
    keys: [],
    models: ['m'],
    modelMapping: {},
    groups: ['default'],
    priority: 0,
    weight: 1,
    enabled: true,
    createdAt: 1,
    ...change,
  };
}
