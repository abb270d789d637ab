import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const entriesShown = 25;

/** Where the threads of the profiled gateways spent their time: the functions with the most time of their own. */
export function profileSummaries(folder) {
  const files = readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'));
  return files.map((name) => `${name}\n${summaryOf(JSON.parse(readFileSync(join(folder, name), 'utf8')))}`).join('\n\n');
}

function summaryOf({ nodes, samples, timeDeltas }) {
  const placeOf = new Map(nodes.map(({ id, callFrame }) => [id, placeText(callFrame)]));
  const spent = new Map();
  let total = 0;
  for (const [index, id] of samples.entries()) {
    const place = placeOf.get(id);
    if (place === '(idle)') continue;
    const microseconds = timeDeltas[index] ?? 0;
    total += microseconds;
    spent.set(place, (spent.get(place) ?? 0) + microseconds);
  }
  const most = [...spent].sort(([, one], [, other]) => other - one).slice(0, entriesShown);
  return most.map(([place, microseconds]) => `${((100 * microseconds) / total).toFixed(1).padStart(6)} %  ${place}`).join('\n');
}

function placeText({ functionName, url, lineNumber }) {
  const name = functionName === '' ? '(anonymous)' : functionName;
  return url === '' ? name : `${name}  ${basename(url)}:${lineNumber + 1}`;
}
