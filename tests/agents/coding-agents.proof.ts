import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codingAgents } from './coding-agents.js';
import { chatDouble } from './doubles/chat.js';
import { claudeDouble } from './doubles/claude.js';
import { geminiDouble } from './doubles/gemini.js';
import { responsesDouble } from './doubles/responses.js';
import { playPair } from './play-pair.js';

const packagesFolder = process.env['TOLLGATE_AGENTS_FOLDER'] ?? '';
const resultsFolder = process.env['TOLLGATE_AGENTS_RESULTS'] ?? '';
const doubles = [chatDouble, responsesDouble, claudeDouble, geminiDouble];

describe.each(codingAgents)('$id', (agent) => {
  const packageFolder = join(packagesFolder, `${agent.id}-${agent.version}`);

  it.skipIf(!existsSync(packageFolder)).each(doubles)('reads, edits and runs a command in front of $dialect', async (double) => {
    const { evidence, ...result } = await playPair(agent, double, packageFolder);
    mkdirSync(resultsFolder, { recursive: true });
    writeFileSync(join(resultsFolder, `${agent.id}--${double.dialect}.json`), JSON.stringify(result));
    writeFileSync(join(resultsFolder, `${agent.id}--${double.dialect}.log`), evidence);
    expect(result.faults).toEqual([]);
  });
});
