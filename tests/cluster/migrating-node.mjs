/**
 * A node of the next release that is at its second migration, in the middle of it: says so and goes no further. Waits to be killed.
 * Takes { databaseUrl?, dataFolder, masterSecret, first, half } as its argument; `first` and `half` are statements.
 */
import { createGateway, createLogger } from '@tollgate/core';

const { first, half, ...place } = JSON.parse(process.argv[2] ?? '{}');
const migrations = [
  { name: '0001-first', up: (transaction) => transaction.raw(first) },
  {
    name: '0002-second',
    async up(transaction) {
      await transaction.raw(half);
      process.stdout.write('in the middle\n');
      await new Promise((resolve) => setTimeout(resolve, 600_000));
    },
  },
];
const environment = { port: 0, host: '127.0.0.1', logLevel: 'silent', trustedProxies: [], bodyBytesMax: 1, ...place };
await createGateway({ environment, configuration: { plugins: [], folder: '.' }, logger: createLogger('silent'), migrations });
