import { pluginSuite, register } from '@tollgate/plugin-kit/conformance';
import { describe, it } from 'vitest';
import plugin from './index.js';
import { spokenDialects } from './spoken-dialects.js';

/** The dialects themselves are proven where they are written; here is what presets make of them. */
const proven = new Set(Object.values(spokenDialects).map(({ id }) => `dialect ${id}`));
const suite = await pluginSuite(plugin, { folder: new URL('..', import.meta.url) });

register({ ...suite, checks: suite.checks.filter(({ subject }) => !proven.has(subject)) }, { describe, it });
