import type { Preset } from '../preset.js';
import { codingPlans } from './coding-plans.js';
import { hosts } from './hosts.js';
import { makers } from './makers.js';
import { makersInChina } from './makers-in-china.js';
import { ownServers } from './own-servers.js';
import { resellers } from './resellers.js';

/** All presets, in the order in which people look for them. */
export const presetGroups: readonly { readonly title: string; readonly presets: readonly Preset[] }[] = [
  { title: 'Makers of models', presets: makers },
  { title: 'Makers of models in China', presets: makersInChina },
  { title: 'Hosts of open models', presets: hosts },
  { title: 'Resellers', presets: resellers },
  { title: 'Coding plans', presets: codingPlans },
  { title: 'Servers and gateways of your own', presets: ownServers },
];

export const presets: readonly Preset[] = presetGroups.flatMap((group) => group.presets);
