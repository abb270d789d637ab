import { type Dialect, type ProviderAdapter, z } from '@tollgate/plugin-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../foundation/clock.js';
import { RowMac, rowMacKey } from '../foundation/row-mac.js';
import { SecretBox } from '../foundation/secret-box.js';
import { callerOfAccessToken, permissionsOfRoles } from '../modules/access/index.js';
import type { ApplyContext } from '../modules/apply/index.js';
import { readChannels } from '../modules/channels/index.js';
import { Books, verifyLedger } from '../modules/ledger/index.js';
import { Settings } from '../modules/settings/index.js';
import { hashTokenKey, readTokens } from '../modules/tokens/index.js';
import { readUsers } from '../modules/users/index.js';
import { settingsDefinitions } from '../settings-definitions.js';
import { type OpenedTestDatabase, testDatabases } from '../storage/test-database.js';
import { setUpFirstRun } from './first-run.js';
import { presentFirstCall } from './present-first-run.js';

const secret = 'a secret that is long enough to be one';
const mac = new RowMac(rowMacKey(secret));
const demo = { id: 'demo', config: z.object({}), speaks: [] } as unknown as ProviderAdapter;

describe.each(testDatabases())('first run on $kind', ({ open }) => {
  let opened: OpenedTestDatabase;

  beforeEach(async () => {
    opened = await open();
  });
  afterEach(() => opened.close());

  function context(providers: readonly ProviderAdapter[] = [demo]): ApplyContext {
    const { database } = opened;
    const secretBox = new SecretBox(secret);
    return {
      database,
      secretBox,
      providers: new Map(providers.map((provider) => [provider.id, provider])),
      settings: new Settings(database, settingsDefinitions, secretBox),
      books: new Books(mac, systemClock),
      clock: systemClock,
    };
  }

  it('makes a root account with points, a key, and a channel that answers', async () => {
    const firstRun = await setUpFirstRun(context());
    const { knex } = opened.database;
    expect(firstRun).toMatchObject({ username: 'root', model: 'demo-chat' });
    expect(await readUsers(knex)).toMatchObject([{ username: 'root', role: 'root' }]);
    expect(await readTokens(knex)).toMatchObject([{ keyHash: hashTokenKey(firstRun?.apiKey ?? '') }]);
    expect(await callerOfAccessToken(knex, firstRun?.accessToken ?? '')).toMatchObject({ permissions: permissionsOfRoles.root });
    expect(await readChannels(knex)).toMatchObject([{ provider: 'demo' }]);
    expect(await verifyLedger(opened.database, mac)).toMatchObject({ clean: true, checked: { transfers: 1 } });
  });

  it('changes nothing where there are users', async () => {
    await setUpFirstRun(context());
    expect(await setUpFirstRun(context())).toBeUndefined();
    expect(await readTokens(opened.database.knex)).toHaveLength(1);
  });

  it('shows one password only when several nodes start at once', async () => {
    const runs = await Promise.all([setUpFirstRun(context()), setUpFirstRun(context()), setUpFirstRun(context())]);
    expect(runs.filter((run) => run !== undefined)).toHaveLength(1);
  });

  it('promises no model where the demo provider is not loaded', async () => {
    expect(await setUpFirstRun(context([]))).not.toHaveProperty('model');
    expect(await readChannels(opened.database.knex)).toEqual([]);
  });
});

describe('first call', () => {
  const firstRun = { username: 'root', password: 'p', apiKey: 'sk-1', accessToken: 'tga-1', model: 'demo-chat' };
  const dialect = (path: string) => ({ client: { routes: [{ path }] } }) as unknown as Dialect;

  it('is shown where a dialect has its path', () => {
    const shown = presentFirstCall('http://localhost:3000', firstRun, [dialect('/v1/chat/completions')]);
    expect(shown).toContain('curl http://localhost:3000/v1/chat/completions');
    expect(shown).toContain('Bearer sk-1');
    expect(presentFirstCall('http://localhost:3000', firstRun, [dialect('/v1/other')])).toBeUndefined();
  });
});
