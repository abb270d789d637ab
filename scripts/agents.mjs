/**
 * `npm run test:agents`: real coding agents through the gateway, in front of a scripted vendor of each dialect, with no network but the
 * loopback. `--install` fetches the agents first (into TOLLGATE_AGENTS_FOLDER, or a folder of the user's cache); what is not installed is
 * skipped, and said. `--agent <id>` and `--upstream <dialect>` choose; `--json` prints results instead of a table; `--document` writes
 * docs/agents.md from a full run.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { agentsDocument, agentsTable, dialects } from './agents-table.mjs';
import { checkNode, endWith, ensureBuilt, ensureInstalled, root, run } from './workspace.mjs';

const { values: options } = parseArgs({
  options: {
    install: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    document: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    agent: { type: 'string', multiple: true },
    upstream: { type: 'string', multiple: true },
  },
});

const agents = JSON.parse(readFileSync(join(root, 'tests/agents/packages.json'), 'utf8'));
const agentsFolder =
  process.env.TOLLGATE_AGENTS_FOLDER ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'tollgate', 'agents');

checkNode();
const chosenAgents = chosenOf('agent', Object.keys(agents));
const chosenDialects = chosenOf('upstream', dialects);
await ensureInstalled({ quiet: true });
await ensureBuilt({ quiet: true });
if (options.install) for (const id of chosenAgents) await install(id);
const namespace = await namespaceCommand();
const skipped = skippedAgents();
const results = await play();
report(results);

function chosenOf(option, known) {
  const chosen = options[option] ?? known;
  const unknown = chosen.find((name) => !known.includes(name));
  if (unknown !== undefined) endWith(`--${option} ${unknown} is unknown. There are: ${known.join(', ')}.`);
  return chosen;
}

function folderOf(id) {
  return join(agentsFolder, `${id}-${agents[id].version}`);
}

/** One after the other, since they are large; without their install scripts, which nobody needs to run them. */
async function install(id) {
  const folder = folderOf(id);
  if (isInstalled(id)) return;
  const { package: name, version, megabytes } = agents[id];
  process.stderr.write(`Installing ${name} ${version} (${megabytes} MB) in ${folder}.\n`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }));
  const flags = ['--save-exact', '--ignore-scripts', '--no-audit', '--no-fund'];
  if (!(await run('npm', ['install', ...flags, `${name}@${version}`], { folder, quiet: true }))) {
    rmSync(folder, { recursive: true, force: true });
    process.stderr.write(`${name} could not be installed: see the messages above.\n`);
  }
}

function isInstalled(id) {
  return existsSync(join(folderOf(id), 'node_modules', agents[id].package, 'package.json'));
}

/** What a command is put behind to see no network but the loopback; undefined where this machine has no such thing. */
async function namespaceCommand() {
  if (process.platform !== 'linux') return undefined;
  for (const flags of [['--net'], ['--map-root-user', '--net']]) {
    const command = ['unshare', ...flags, 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];
    if (await run(command[0], [...command.slice(1), 'true'], { quiet: true })) return command;
  }
  return undefined;
}

function skippedAgents() {
  const reasons = new Map();
  for (const id of chosenAgents) {
    if (namespace === undefined) reasons.set(id, 'there are no network namespaces here (unshare, ip), and agents run in nothing else');
    else if (!isInstalled(id)) reasons.set(id, `not installed: npm run test:agents -- --install (${agents[id].megabytes} MB)`);
  }
  return reasons;
}

async function play() {
  const playing = chosenAgents.filter((id) => !skipped.has(id));
  if (playing.length === 0) return [];
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-agents-results-'));
  const names = `'(${playing.join('|')})'.*'(${chosenDialects.join('|')})'`;
  const vitest = [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--config',
    join(root, 'tests/agents/vitest.config.ts'),
    '-t',
    names,
  ];
  const environment = { TOLLGATE_AGENTS_FOLDER: agentsFolder, TOLLGATE_AGENTS_RESULTS: folder };
  const passed = await run(namespace[0], [...namespace.slice(1), process.execPath, ...vitest], { environment });
  const found = playing.flatMap((agent) => chosenDialects.map((upstream) => resultOf(folder, agent, upstream)));
  if (passed && !options.keep) rmSync(folder, { recursive: true });
  else process.stderr.write(`What agents, gateway and vendors said is in ${folder}.\n`);
  return found;
}

function resultOf(folder, agent, upstream) {
  const file = join(folder, `${agent}--${upstream}.json`);
  return existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : { agent, upstream, faults: ['it came to no result: see the messages above'], seals: { given: 0, returned: 0 }, requests: 0 };
}

function report(found) {
  const failed = found.filter(({ faults }) => faults.length > 0).length;
  const run = { agents: chosenAgents.map((id) => ({ id, ...agents[id] })), results: found, skipped: Object.fromEntries(skipped) };
  if (options.json) console.log(JSON.stringify(run, undefined, 2));
  else if (found.length > 0) console.log(agentsTable(run));
  if (options.document) writeDocument(run);
  const tell = options.json ? console.error : console.log;
  for (const [id, reason] of skipped) tell(`Skipped ${chosenDialects.length} of ${id}: ${reason}`);
  tell(`${found.length - failed} passed, ${failed} failed, ${skipped.size * chosenDialects.length} skipped`);
  process.exitCode = failed === 0 ? 0 : 1;
}

function writeDocument(run) {
  if (run.results.length < Object.keys(agents).length * dialects.length) endWith('docs/agents.md is written from a run of all pairs only.');
  writeFileSync(join(root, 'docs/agents.md'), agentsDocument(run));
}
