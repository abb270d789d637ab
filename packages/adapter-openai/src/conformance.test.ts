import { pluginSuite, register } from '@tollgate/plugin-kit/conformance';
import { describe, it } from 'vitest';
import { recordedSet } from '../../../tests/conformance/recorded-set.js';
import plugin from './index.js';

const fixtures = recordedSet('openai-chat', 'openai-responses', 'openai-completions', 'openai-embeddings', 'openai-input-tokens');
register(await pluginSuite(plugin, { folder: new URL('..', import.meta.url), fixtures }), { describe, it });
