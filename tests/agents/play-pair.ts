import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alice, type ApplyDocument, type ChannelEntry, openToken, pricedByTokens } from '../support/apply-document.js';
import type { CommandResult } from '../support/command.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { usageRowsOf } from '../support/usage-rows.js';
import type { CodingAgent } from './coding-agents.js';
import type { VendorDouble, WantedCall } from './doubles/exchange.js';
import { runProgram } from './run-program.js';
import { type ScriptedVendor, startScriptedVendor } from './scripted-vendor.js';
import { folderFaults, lastWords, prepareFolder, stepNames } from './task.js';

/** What came of one agent in front of one vendor. */
export interface PairResult {
  readonly agent: string;
  readonly upstream: string;
  /** The agent's own dialect. */
  readonly speaks: string;
  /** What is wrong; nothing is what we want. */
  readonly faults: readonly string[];
  /** Seals that came back to their vendor, of those it gave out with calls. */
  readonly seals: { readonly given: number; readonly returned: number };
  readonly requests: number;
  /** Why seals are lost, where that is known. */
  readonly why?: string;
  /** For the one who looks for the reason. */
  readonly evidence: string;
}

/** Starts vendor, gateway and agent, lets the agent work, and looks at everything afterwards. */
export async function playPair(agent: CodingAgent, double: VendorDouble, packageFolder: string): Promise<PairResult> {
  const scratch = mkdtempSync(join(tmpdir(), 'tollgate-agents-'));
  const [home, folder] = [join(scratch, 'home'), join(scratch, 'work')];
  for (const path of [home, folder]) mkdirSync(path);
  prepareFolder(folder);
  const vendor = await startScriptedVendor(double, folder);
  const gateway = await startGateway({ apply: { ...documentFor(agent), channels: [channelFor(agent, double, vendor.url)] } });
  try {
    const { url: gatewayUrl } = gateway;
    const result = await runProgram(agent.command({ home, folder, gatewayUrl, key: openToken.key, packageFolder }), home, folder);
    const faults = [
      ...runFaults(agent, result),
      ...folderFaults(folder),
      ...vendorFaults(vendor),
      ...sealFaults(agent, double, vendor),
      ...(await bookFaults(gateway, vendor)),
    ];
    const seals = { given: vendor.memory.seals.size, returned: vendor.memory.sealsReturned.size };
    const evidence = [
      result.stdout,
      result.stderr,
      gateway.logs,
      ...vendor.requests.map(({ path, body }) => `${path} ${body.toString('utf8')}`),
    ].join('\n');
    const { dialects = [], why } = agent.losesSealsOf ?? {};
    return {
      agent: agent.id,
      upstream: double.dialect,
      speaks: agent.dialect,
      faults,
      seals,
      requests: vendor.requests.length,
      ...(why !== undefined && dialects.includes(double.dialect) ? { why } : {}),
      evidence,
    };
  } finally {
    await gateway.stop();
    await vendor.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * One conversation in which the vendor changes at every step: each answers its own and is overloaded from then on. What one has sealed must
 * not reach the others, who would refuse it.
 */
export async function playRelay(agent: CodingAgent, doubles: readonly VendorDouble[], packageFolder: string): Promise<PairResult> {
  const scratch = mkdtempSync(join(tmpdir(), 'tollgate-agents-'));
  const [home, folder] = [join(scratch, 'home'), join(scratch, 'work')];
  for (const path of [home, folder]) mkdirSync(path);
  prepareFolder(folder);
  const shared = { calls: new Map<string, WantedCall>(), usages: [] };
  const vendors = await Promise.all(
    doubles.map((double, turn) => startScriptedVendor(double, folder, { ...shared, hasTurn: (step) => step === turn })),
  );
  const channels = doubles.map((double, turn) => channelFor(agent, double, vendors[turn]?.url ?? '', doubles.length - turn));
  const gateway = await startGateway({ apply: { ...documentFor(agent), channels } });
  try {
    const { url: gatewayUrl } = gateway;
    const result = await runProgram(agent.command({ home, folder, gatewayUrl, key: openToken.key, packageFolder }), home, folder);
    const complaints = vendors.flatMap((vendor, turn) =>
      vendor.complaints.map((complaint) => `${doubles[turn]?.dialect} refused: ${complaint}`),
    );
    const answered = vendors.map((vendor, turn) => vendor.answered[turn]).filter((times) => times === 1).length;
    const faults = [
      ...runFaults(agent, result),
      ...folderFaults(folder),
      ...complaints,
      ...(answered === doubles.length ? [] : [`${answered} of ${doubles.length} vendors answered their step once`]),
    ];
    const seals = { given: 0, returned: 0 };
    const requests = vendors.reduce((sum, vendor) => sum + vendor.requests.length, 0);
    const evidence = [result.stdout, result.stderr, gateway.logs].join('\n');
    return { agent: agent.id, upstream: 'changing', speaks: agent.dialect, faults, seals, requests, evidence };
  } finally {
    await gateway.stop();
    for (const vendor of vendors) await vendor.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

function documentFor(agent: CodingAgent): ApplyDocument {
  return { models: pricedByTokens(agent.model), users: [alice], tokens: [openToken] };
}

function channelFor(agent: CodingAgent, double: VendorDouble, url: string, priority = 0): ChannelEntry {
  const modelMapping = { [agent.model]: double.model };
  return { name: double.dialect, ...double.channel(url), models: [agent.model], modelMapping, priority };
}

function runFaults(agent: CodingAgent, { exitCode, stdout, stderr }: CommandResult): readonly string[] {
  const toolsRun = agent.toolsRun(stdout);
  return [
    ...(exitCode === 0 ? [] : [`the agent ended with ${exitCode}: ${`${stdout}\n${stderr}`.trim().slice(-600)}`]),
    ...(toolsRun === stepNames.length ? [] : [`the agent tells of ${toolsRun} tool calls`]),
    ...(agent.said(stdout).includes(lastWords) ? [] : ['the agent does not say the last words']),
  ];
}

function vendorFaults({ complaints, answered, sawThinkingWanted }: ScriptedVendor): readonly string[] {
  const steps = [...stepNames, 'end'];
  return [
    ...complaints.map((complaint) => `the vendor refused: ${complaint}`),
    ...answered.flatMap((times, index) => (times === 1 ? [] : [`step "${steps[index]}" was asked for ${times} times`])),
    ...(sawThinkingWanted ? [] : ['nobody asked the vendor to think']),
  ];
}

/** All that the vendor gave out come back, unless the agent itself drops them; then none do, or the note of it is out of date. */
function sealFaults({ losesSealsOf }: CodingAgent, { dialect }: VendorDouble, { memory }: ScriptedVendor): readonly string[] {
  const [given, returned] = [memory.seals.size, memory.sealsReturned.size];
  const expected = losesSealsOf?.dialects.includes(dialect) === true ? 0 : given;
  return given > 0 && returned === expected ? [] : [`${returned} of ${given} seals came back to the vendor`];
}

async function bookFaults(gateway: TestGateway, { usages, complaints }: ScriptedVendor): Promise<readonly string[]> {
  const rows = await usageRowsOf(gateway, openToken.key, usages.length);
  const stated = usages.map(({ input, cacheRead, output }) => JSON.stringify({ input, cacheRead, output })).toSorted();
  const receipts = rows
    .filter(({ outcome }) => outcome === 'ok' || complaints.length === 0)
    .map(({ usage }) => JSON.stringify(usage))
    .toSorted();
  const { exitCode, stdout, stderr } = await gateway.command('verify-ledger');
  return [
    ...(JSON.stringify(stated) === JSON.stringify(receipts)
      ? []
      : [`receipts are ${receipts.join()} where the vendor stated ${stated.join()}`]),
    ...(exitCode === 0 ? [] : [`verify-ledger: ${stdout}${stderr}`]),
  ];
}
