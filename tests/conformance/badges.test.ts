import { join } from 'node:path';
import bedrock from '@tollgate/adapter-bedrock';
import claude from '@tollgate/adapter-claude';
import cohere from '@tollgate/adapter-cohere';
import dify from '@tollgate/adapter-dify';
import gemini from '@tollgate/adapter-gemini';
import openai from '@tollgate/adapter-openai';
import rerank from '@tollgate/adapter-rerank';
import vertex from '@tollgate/adapter-vertex';
import type { Plugin } from '@tollgate/plugin-kit';
import { type Fixtures, joinFixtures, noFixtures, pluginSuite, readFixtures, runSuite } from '@tollgate/plugin-kit/conformance';
import { describe, expect, it } from 'vitest';
import custom from '../../examples/custom-provider/src/index.js';
import compatible from '../../examples/openai-compatible/src/index.js';
import { repositoryFolder } from '../support/repository.js';

/** What the packages of dialects bring, for plugins that speak them as they are. */
function recordingsOf(dialects: readonly string[]): Fixtures {
  const folders = ['adapter-openai', 'adapter-gemini'].map((name) => join(repositoryFolder, 'packages', name, '__fixtures__'));
  const { recordings } = joinFixtures(...folders.map(readFixtures));
  return { ...noFixtures, recordings: recordings.filter(({ dialect }) => dialects.includes(dialect)) };
}

describe('gold', () => {
  it.each<{ readonly path: string; readonly plugin: Plugin; readonly spoken?: readonly string[] }>([
    { path: 'packages/adapter-openai', plugin: openai },
    { path: 'packages/adapter-claude', plugin: claude },
    { path: 'packages/adapter-gemini', plugin: gemini },
    { path: 'packages/adapter-bedrock', plugin: bedrock, spoken: ['openai-chat'] },
    { path: 'packages/adapter-cohere', plugin: cohere },
    { path: 'packages/adapter-dify', plugin: dify },
    { path: 'packages/adapter-rerank', plugin: rerank },
    { path: 'packages/adapter-vertex', plugin: vertex, spoken: ['gemini', 'openai-chat'] },
    { path: 'examples/custom-provider', plugin: custom },
    { path: 'examples/openai-compatible', plugin: compatible },
  ])('is earned by $path with the recordings that it brings', async ({ path, plugin, spoken = [] }) => {
    const folder = join(repositoryFolder, path);
    const report = await runSuite(await pluginSuite(plugin, { folder, fixtures: recordingsOf(spoken) }));
    expect(report.results.filter(({ problem }) => problem !== undefined)).toEqual([]);
    expect(report.badge).toBe('gold');
  });
});
