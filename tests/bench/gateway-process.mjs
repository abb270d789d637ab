import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, openSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { root } from '../../scripts/workspace.mjs';
import { startChild } from './child.mjs';
import { pairs } from './scenarios.mjs';

/** The token that the load is sent with. */
export const benchKey = `sk-bench-${'0123456789abcdef'.repeat(3)}`;

/** Every call is counted by all of these, and none is refused. */
const farLimits = {
  requestsPerMinute: 1_000_000_000,
  requestsPerDay: 1_000_000_000,
  tokensPerMinute: 1_000_000_000,
  concurrentCalls: 1_000_000,
};

const models = ['json', 'paced', 'burst', 'slow', 'flood'];

/** How a channel is told to speak a dialect, and where its base URL ends. */
const providers = {
  'openai-chat': { provider: 'openai-compatible', version: '/v1', config: {} },
  'openai-responses': { provider: 'openai', version: '/v1', config: { dialects: ['openai-responses'] } },
  'claude-messages': { provider: 'claude', version: '', config: {} },
  gemini: { provider: 'gemini', version: '', config: {} },
};
const pairModels = [...new Map(pairs.map(({ model, upstream }) => [model, upstream]))];

/** One channel for each of the mock's answers, and more of them for the JSON one where that is asked for. The model has another name at the upstream, so that every request is edited. */
function applyDocument(upstreamPort, durability, jsonChannels) {
  const priced = (name) => ({ name, modelRatio: 0.075, completionRatio: 4, cacheRatio: 0.5 });
  const channel = (name, dialect) => {
    const { provider, version, config } = providers[dialect];
    const baseUrl = `http://127.0.0.1:${upstreamPort}/${name}${version}`;
    return { name, provider, config: { ...config, baseUrl, apiKey: 'upstream-key' }, models: [name], allowPrivate: true };
  };
  const renamed = (entry) => ({ ...entry, modelMapping: { [entry.name]: 'upstream-model-2026-01-01' } });
  return {
    models: [...models, ...pairModels.map(([name]) => name)].map(priced),
    channels: [
      ...models.map((name) => renamed(channel(name, 'openai-chat'))),
      ...Array.from({ length: jsonChannels - 1 }, (_, index) => ({ ...renamed(channel('json', 'openai-chat')), name: `json-${index}` })),
      ...pairModels.map(([name, dialect]) => channel(name, dialect)),
    ],
    users: [{ username: 'bench', password: 'a long enough password', points: 1_000_000_000_000 }],
    tokens: [{ name: 'bench', user: 'bench', key: benchKey, unlimited: true, limits: { ...farLimits } }],
    settings: { ledger: { durability } },
  };
}

/**
 * Starts the gateway as `npm start` does: the repository's configuration, SQLite, every part on, logging to a file. `prepare` may write to
 * its data folder before.
 */
export async function startGateway({ folder, durability, upstreamPort, profileFolder, prepare, databaseUrl, jsonChannels = 1 }) {
  mkdirSync(folder, { recursive: true });
  const config = join(root, 'tollgate.config.ts');
  const log = openSync(join(folder, 'gateway.log'), 'a');
  const environment = { HOST: '127.0.0.1', PORT: String(await freePort()), DATA_DIR: join(folder, 'data') };
  if (databaseUrl !== undefined)
    Object.assign(environment, { DATABASE_URL: databaseUrl, TOLLGATE_SECRET: randomBytes(32).toString('base64') });
  const document = join(folder, 'apply.json');
  writeFileSync(document, JSON.stringify(applyDocument(upstreamPort, durability, jsonChannels)));
  const cli = join(root, 'packages', 'core', 'dist', 'cli.js');
  execFileSync(process.execPath, [cli, 'apply', document, '--config', config], {
    cwd: folder,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  prepare?.(join(folder, 'data'));
  return startChild('gateway.mjs', {
    commandLine: ['--config', config],
    nodeOptions: profileFolder === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', profileFolder],
    environment,
    folder,
    output: log,
  });
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
