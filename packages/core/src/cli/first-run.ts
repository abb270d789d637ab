import { randomBytes } from 'node:crypto';
import { claimRevision } from '../cluster/configuration-revision.js';
import { createAccessToken } from '../modules/access/index.js';
import { parseApplyFile, planApply } from '../modules/apply/index.js';
import type { ApplyContext, ApplyPlan } from '../modules/apply/index.js';
import { readChannels } from '../modules/channels/index.js';
import { anyUserExists } from '../modules/users/index.js';

/** What the first start has made. Password, key and access token are known only now. */
export interface FirstRun {
  readonly username: string;
  readonly password: string;
  readonly apiKey: string;
  /** For the management API. */
  readonly accessToken: string;
  /** A model that answers already; undefined if no channel was made. */
  readonly model?: string;
}

const username = 'root';
const startingPoints = 1_000_000;
/** The provider that answers without any key, if the configuration lists the plugin that brings it. */
const demo = { provider: 'demo', model: 'demo-chat' };

/**
 * Makes an empty gateway usable: a root account with points, its first API key, and a channel of the demo provider. Undefined if there are
 * users already; then nothing is changed.
 * @throws ConfigurationError, StorageUnavailableError
 */
export async function setUpFirstRun(context: ApplyContext): Promise<FirstRun | undefined> {
  while (!(await anyUserExists(context.database.knex))) {
    const password = randomBytes(18).toString('base64url');
    const withDemo = context.providers.has(demo.provider) && (await readChannels(context.database.knex)).length === 0;
    const document = JSON.stringify({ ...accountOf(password), ...(withDemo ? demoChannel : {}) });
    const plan = await planApply(context, parseApplyFile(document, 'the first set-up', {}), { prune: false });
    const [newKey] = plan.newKeys;
    // Another node may be setting up the same database; the loser of the race looks again.
    const accessToken = newKey === undefined ? undefined : await write(context, plan);
    if (newKey !== undefined && accessToken !== undefined)
      return { username, password, apiKey: newKey.key, accessToken, ...(withDemo ? { model: demo.model } : {}) };
  }
  return undefined;
}

function accountOf(password: string): object {
  return {
    users: [{ username, password, role: 'root', points: startingPoints }],
    tokens: [{ name: 'first', user: username, unlimited: true }],
  };
}

const demoChannel = {
  models: [{ name: demo.model, modelRatio: 0.05, completionRatio: 2 }],
  // The demo is a server of its own in this process.
  channels: [{ name: demo.provider, provider: demo.provider, models: [demo.model], allowPrivate: true }],
};

/** Returns the access token of the account; undefined if somebody else was faster. */
function write({ database, clock }: ApplyContext, { revision, steps }: ApplyPlan): Promise<string | undefined> {
  return database.write(async (transaction) => {
    if (!(await claimRevision(transaction, revision))) return undefined;
    for (const step of steps) await step.run(transaction);
    return createAccessToken(transaction, username, 'first', clock.now());
  });
}
