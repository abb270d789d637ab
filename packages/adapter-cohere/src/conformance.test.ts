import { pluginSuite, register } from '@tollgate/plugin-kit/conformance';
import { describe, it } from 'vitest';
import plugin from './index.js';

register(await pluginSuite(plugin, { folder: new URL('..', import.meta.url) }), { describe, it });
