/** What a call costs in an empty database, in one with many users, and in one with millions of usage records. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { benchKey } from './gateway-process.mjs';
import { copyUsers, copyUsageRecords, keyOfUser } from './prefill.mjs';
import { measureKeys } from './slice.mjs';
import { scenarios } from './scenarios.mjs';
import { quantile, shuffled } from './statistics.mjs';

const fewUsers = 10;
const manyUsers = 10_000;
const rounds = 15;
const sliceWarmUpMs = 150;
/** Long enough for each key to be looked up once. */
const firstWarmUpMs = 15_000;
/** How much dearer a call may be. */
const flatFactor = 1.1;

export async function measureGrowth(stage, records, say) {
  const [scenario] = scenarios;
  const places = await openPlaces(stage, records, say);
  for (const { server, keys } of places) await measureKeys(stage.load, server, scenario, keys, firstWarmUpMs);
  const measured = new Map(places.map(({ title }) => [title, []]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const { title, server, keys } of shuffled(places))
      measured.get(title).push(await measureKeys(stage.load, server, scenario, keys, sliceWarmUpMs));
    say(`growth: round ${round} of ${rounds}`);
  }
  const medians = places.map(({ title }) => ({ title, cpu: quantile(measured.get(title), 0.5) }));
  const [{ cpu: base }] = medians;
  return medians.flatMap(({ title, cpu }, index) => [
    { title: `CPU of a call, ${title}`, value: cpu, unit: 'µs' },
    ...(index === 0
      ? []
      : [
          {
            title: `the same, against ${medians[0].title}`,
            value: cpu / base,
            unit: '×',
            atMost: flatFactor,
            met: cpu / base <= flatFactor,
          },
        ]),
  ]);
}

async function openPlaces(stage, records, say) {
  const keysOf = (users) => Array.from({ length: users }, (_, user) => keyOfUser(benchKey, user));
  const open = async (name, title, users, prepare) => {
    const server = await stage.gateway('process', {
      name,
      prepare: (dataFolder) => {
        const file = join(dataFolder, 'tollgate.sqlite');
        copyUsers(file, benchKey, users);
        prepare?.(file);
        say(`growth: ${title}, ${Math.round(statSync(file).size / 1_048_576)} MB`);
      },
    });
    return { title, server, keys: keysOf(users) };
  };
  return [
    await open('few', `${fewUsers} users and no records`, fewUsers),
    await open('crowded', `${manyUsers.toLocaleString('en')} users`, manyUsers),
    await open('full', `${records.toLocaleString('en')} usage records`, fewUsers, (file) => copyUsageRecords(file, records)),
  ];
}
