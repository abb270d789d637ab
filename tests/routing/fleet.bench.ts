import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { repositoryFolder } from '../support/repository.js';
import { figuresOf } from './fleet-report.js';
import { pageOf } from './routing-page.js';
import { largeTableFigures } from './large-table.js';
import { type FleetOptions, SimulatedFleet } from './simulated-fleet.js';

const options: FleetOptions = {
  strategy: 'weighted',
  channels: 100,
  keysOfChannel: 5,
  channelsOfTrouble: 4,
  callsPerSecond: 300,
  seconds: 1_800,
  troubleFromMs: 300_000,
  troubleUntilMs: 900_000,
  seed: 20_261_126,
};

it('is measured and written down', () => {
  const weighted = figuresOf(new SimulatedFleet(options).run());
  const quickest = figuresOf(new SimulatedFleet({ ...options, strategy: 'least-latency' }).run());
  const hedged = figuresOf(new SimulatedFleet({ ...options, hedgeAfterMs: 2_000 }).run());
  const table = largeTableFigures();
  const page = pageOf(options, { weighted, quickest, hedged, table });
  process.stdout.write(`${page}\n`);
  writeFileSync(join(repositoryFolder, 'docs/routing-benchmark.md'), page);
  expect(weighted.forbidden + quickest.forbidden + hedged.forbidden).toBe(0);
  expect(weighted.shareError).toBeLessThan(0.02);
  expect(table.microsecondsOfSelection).toBeLessThanOrEqual(5);
});
