import { secretFields } from '@tollgate/plugin-kit';
import type { Channel } from './channel.js';
import type { ChannelKey } from './channel-key.js';

/**
 * What must not be told of a channel, though its upstream may repeat it.
 * @param signedWith headers that its adapter has computed or fetched for the request
 */
export function secretsOf(
  { adapter, options }: Pick<Channel, 'adapter' | 'options'>,
  key: Pick<ChannelKey, 'config'>,
  signedWith: Readonly<Record<string, string>> = {},
): readonly string[] {
  const stored = [...secretFields(adapter.config).map((name) => key.config[name]), options.proxy];
  const computed = Object.values(signedWith).flatMap((value) => [value, credentialIn(value)]);
  return [...stored.filter((value) => typeof value === 'string'), ...computed];
}

/** Without the word before it, such as `Bearer`. */
function credentialIn(headerValue: string): string {
  return headerValue.slice(headerValue.lastIndexOf(' ') + 1);
}
