import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startChild, stopChild } from './child.mjs';
import { startGateway } from './gateway-process.mjs';
import { startLoad } from './load.mjs';
import { ownDatabase } from './own-database.mjs';

/** Starts everything that takes part, does the work, and ends and removes everything again, whatever happens. */
export async function withStage({ profileFolder, postgresUrl }, work) {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-bench-'));
  const profiles = profileFolder === undefined ? undefined : resolve(profileFolder);
  if (profiles !== undefined) mkdirSync(profiles, { recursive: true });
  const started = [];
  const database = postgresUrl === undefined ? undefined : await ownDatabase(postgresUrl);
  const start = async (starting) => {
    const one = await starting;
    started.push(one);
    return one;
  };
  try {
    const upstream = await start(startChild('upstream.mjs'));
    const proxy = () => start(startChild('bare-proxy.mjs', { environment: { UPSTREAM_PORT: String(upstream.port) } }));
    const gateway = (durability, { name = durability, prepare, databaseUrl, jsonChannels } = {}) =>
      start(
        startGateway({
          folder: join(folder, name),
          durability,
          upstreamPort: upstream.port,
          profileFolder: profiles,
          prepare,
          databaseUrl,
          jsonChannels,
        }),
      );
    const servers = {
      direct: upstream,
      bare: await proxy(),
      control: await proxy(),
      power: await gateway('power'),
      process: await gateway('process'),
      ...(database === undefined ? {} : { postgres: await gateway('power', { name: 'postgres', databaseUrl: database.url }) }),
    };
    const load = await start(startLoad());
    return await work({ servers, load, folder, gateway });
  } finally {
    await Promise.all(started.map(stopChild));
    await database?.drop();
    rmSync(folder, { recursive: true, force: true });
  }
}
