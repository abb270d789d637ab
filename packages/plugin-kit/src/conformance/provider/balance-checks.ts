import type { BalanceQuestion } from '../../balance.js';
import type { ProviderAdapter } from '../../provider.js';
import { type Check, checksOf } from '../check.js';
import { insist, insistSame, shown } from '../insist.js';
import { deepFreeze, runPurely } from '../run-purely.js';
import { sampleConfig } from './config-samples.js';
import { insistSendable } from './description-checks.js';

type Config = Readonly<Record<string, unknown>>;

/** What is no answer of a place that says what is left. */
const others = [null, 'no', [], {}, { error: { message: 'No.' } }];

/** How a provider asks its place what is left for a key. */
export function balanceChecks(subject: string, provider: ProviderAdapter, config?: Config): readonly Check[] {
  const { balance } = provider;
  if (balance === undefined) return [];
  return checksOf(subject, 'bronze', {
    'asks for the balance of a key, and takes no other answer for one': () =>
      checkBalance(provider.id, balance, deepFreeze(sampleConfig(provider, config))),
  });
}

function checkBalance(id: string, { requests, read }: BalanceQuestion<Config>, settings: Config): void {
  const described = runPurely(`${id}: balance.requests`, () => requests(settings));
  insist(described.length > 0, 'Nothing is asked for.');
  for (const request of described) insistSendable(request);
  insistSame(requests(settings), described, 'The same requests were described in another way.');
  for (const body of others) {
    const bodies = described.map(() => body);
    const answer = runPurely(`${id}: balance.read`, () => read(bodies, settings));
    insist(answer === undefined, `${shown(body)} was taken for a balance: ${shown(answer)}.`);
  }
}
