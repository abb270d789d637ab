import { pluginSuite, register } from '@tollgate/plugin-kit/conformance';
import { describe, it } from 'vitest';
import { claudeByPredict, claudeCountByPredict } from './claude-by-predict.js';
import { embeddingsByPredict } from './embeddings-by-predict.js';
import { vertexCountTokens } from './gemini-count-tokens.js';
import plugin from './index.js';

/** The dialects of others are proven where they are written. */
const dialects = [claudeByPredict, claudeCountByPredict, embeddingsByPredict, vertexCountTokens].map(({ id }) => `dialect ${id}`);
const own = new Set(['package', 'end', 'provider vertex', ...dialects]);
const suite = await pluginSuite(plugin, { folder: new URL('..', import.meta.url) });

register({ ...suite, checks: suite.checks.filter(({ subject }) => own.has(subject)) }, { describe, it });
