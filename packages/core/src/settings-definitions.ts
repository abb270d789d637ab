import { groupsSettings } from './modules/groups/index.js';
import { healthSettings } from './modules/health/index.js';
import { ledgerSettings } from './modules/ledger/index.js';
import { limitsSettings } from './modules/limits/index.js';
import { modelsSettings } from './modules/models/index.js';
import { notificationSettings } from './modules/notifications/index.js';
import { priceSyncSettings } from './modules/price-sync/index.js';
import { pricingSettings } from './modules/pricing/index.js';
import { resourceSettings } from './modules/resources/index.js';
import { routingSettings } from './modules/routing/index.js';
import { settlementSettings } from './modules/settlement/index.js';
import { spendingSettings } from './modules/spending/index.js';
import type { SettingsDefinition } from './modules/settings/index.js';
import { channelTestSettings, modelSyncSettings } from './modules/upkeep/index.js';
import { mediaSettings } from './relay/media-settings.js';
import { relaySettings } from './relay/relay-settings.js';

/** Every section of settings that this gateway has. */
export const settingsDefinitions: readonly SettingsDefinition[] = [
  ledgerSettings,
  pricingSettings,
  limitsSettings,
  priceSyncSettings,
  relaySettings,
  routingSettings,
  groupsSettings,
  modelsSettings,
  healthSettings,
  settlementSettings,
  mediaSettings,
  resourceSettings,
  spendingSettings,
  channelTestSettings,
  modelSyncSettings,
  notificationSettings,
];
