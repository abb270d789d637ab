/** What a call costs where a thousand channels offer its model, beside one where one does. */
import { measureSlice } from './slice.mjs';
import { scenarios } from './scenarios.mjs';
import { median, shuffled } from './statistics.mjs';

const channels = 1_000;
/** One gateway is quicker than the next, whatever it has to do: by as much as this looks for. So several are started of each kind. */
const pairs = 4;
const roundsOfPair = 6;
const warmUpSlices = 4;
/** Of the calls in a second that one channel lets through. */
const keptAtLeast = 0.95;

export async function measureFleet(stage) {
  const throughputs = { one: [], many: [] };
  for (let pair = 1; pair <= pairs; pair += 1) await measurePair(stage, pair, throughputs);
  const kept = median(throughputs.many.map((throughput, round) => throughput / throughputs.one[round]));
  const title = `JSON calls with ${channels.toLocaleString('en')} channels`;
  return [
    { title: 'JSON calls with one channel', value: median(throughputs.one), unit: '/s' },
    { title, value: median(throughputs.many), unit: '/s' },
    { title: `${title}, against one in the same round`, value: kept, unit: '×', atLeast: keptAtLeast, met: kept >= keptAtLeast },
  ];
}

/** Adds what each of two new gateways lets through in a second, round by round. */
async function measurePair(stage, pair, throughputs) {
  const [scenario] = scenarios;
  const places = {
    one: await stage.gateway('power', { name: `one-channel-${pair}` }),
    many: await stage.gateway('power', { name: `many-channels-${pair}`, jsonChannels: channels }),
  };
  const slice = async (name) => (await measureSlice({ servers: { power: places[name] }, load: stage.load }, scenario, 'power')).throughput;
  for (let warmUp = 0; warmUp < warmUpSlices; warmUp += 1) for (const name of Object.keys(places)) await slice(name);
  for (let round = 0; round < roundsOfPair; round += 1)
    for (const name of shuffled(Object.keys(places))) throughputs[name].push(await slice(name));
}
