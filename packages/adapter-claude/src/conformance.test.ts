import { pluginSuite, register } from '@tollgate/plugin-kit/conformance';
import { describe, it } from 'vitest';
import { recordedSet } from '../../../tests/conformance/recorded-set.js';
import plugin from './index.js';

const folder = new URL('..', import.meta.url);
register(await pluginSuite(plugin, { folder, fixtures: recordedSet('claude-messages', 'claude-count-tokens') }), { describe, it });
