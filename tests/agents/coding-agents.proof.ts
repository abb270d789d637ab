import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codingAgents } from './coding-agents.js';
import { chatDouble } from './doubles/chat.js';
import { claudeDouble } from './doubles/claude.js';
import { geminiDouble } from './doubles/gemini.js';
import { responsesDouble } from './doubles/responses.js';
import { type PairResult, playPair, playRelay } from './play-pair.js';

const packagesFolder = process.env['TOLLGATE_AGENTS_FOLDER'] ?? '';
const resultsFolder = process.env['TOLLGATE_AGENTS_RESULTS'] ?? '';
const doubles = [chatDouble, responsesDouble, claudeDouble, geminiDouble];

describe.each(codingAgents)('$id', (agent) => {
  const packageFolder = join(packagesFolder, `${agent.id}-${agent.version}`);

  it.skipIf(!existsSync(packageFolder)).each(doubles)('reads, edits and runs a command in front of $dialect', async (double) => {
    const { evidence, ...result } = await playPair(agent, double, packageFolder);
    keep(result, evidence);
    expect(result.faults).toEqual([]);
  });

  it.skipIf(!existsSync(packageFolder))("goes on in front of vendors 'changing' at every step", async () => {
    const { evidence, ...result } = await playRelay(agent, doubles, packageFolder);
    keep(result, evidence);
    expect(result.faults).toEqual([]);
  });
});

function keep(result: Omit<PairResult, 'evidence'>, evidence: string): void {
  const file = join(resultsFolder, `${result.agent}--${result.upstream}`);
  mkdirSync(resultsFolder, { recursive: true });
  writeFileSync(`${file}.json`, JSON.stringify(result));
  writeFileSync(`${file}.log`, evidence);
}
