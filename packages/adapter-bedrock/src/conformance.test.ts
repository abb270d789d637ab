import { pluginSuite, register } from '@tollgate/plugin-kit/conformance';
import { describe, it } from 'vitest';
import { claudeByInvoke } from './claude-by-invoke.js';
import { converse } from './converse/dialect.js';
import { converseCountTokens } from './converse/count-tokens.js';
import plugin from './index.js';

/** The dialects of others are proven where they are written. */
const dialects = [claudeByInvoke, converseCountTokens, converse].map(({ id }) => `dialect ${id}`);
const own = new Set(['package', 'end', 'provider bedrock', ...dialects]);
const suite = await pluginSuite(plugin, { folder: new URL('..', import.meta.url) });

register({ ...suite, checks: suite.checks.filter(({ subject }) => own.has(subject)) }, { describe, it });
