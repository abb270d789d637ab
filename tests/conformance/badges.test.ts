import { join } from 'node:path';
import bedrock from '@tollgate/adapter-bedrock';
import claude from '@tollgate/adapter-claude';
import gemini from '@tollgate/adapter-gemini';
import openai from '@tollgate/adapter-openai';
import vertex from '@tollgate/adapter-vertex';
import { pluginSuite, runSuite } from '@tollgate/plugin-kit/conformance';
import { describe, expect, it } from 'vitest';
import custom from '../../examples/custom-provider/src/index.js';
import compatible from '../../examples/openai-compatible/src/index.js';
import { repositoryFolder } from '../support/repository.js';

describe('gold', () => {
  it.each([
    ['packages/adapter-openai', openai],
    ['packages/adapter-claude', claude],
    ['packages/adapter-gemini', gemini],
    ['packages/adapter-bedrock', bedrock],
    ['packages/adapter-vertex', vertex],
    ['examples/custom-provider', custom],
    ['examples/openai-compatible', compatible],
  ])('is earned by %s with the recordings that it brings', async (path, plugin) => {
    const report = await runSuite(await pluginSuite(plugin, { folder: join(repositoryFolder, path) }));
    expect(report.results.filter(({ problem }) => problem !== undefined)).toEqual([]);
    expect(report.badge).toBe('gold');
  });
});
