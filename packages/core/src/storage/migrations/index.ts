import type { Migration } from '../migrate.js';
import { ledgerMigration } from './0001-ledger.js';
import { directoryMigration } from './0002-directory.js';
import { resourcesMigration } from './0003-resources.js';
import { limitsMigration } from './0004-limits.js';
import { idempotencyMigration } from './0005-idempotency.js';
import { resourceTokensMigration } from './0006-resource-tokens.js';
import { usageOfUsersMigration } from './0007-usage-of-users.js';
import { priceSyncScheduleMigration } from './0008-price-sync-schedule.js';
import { channelsMigration } from './0009-channels.js';
import { healthMigration } from './0010-health.js';
import { auditMigration } from './0011-audit.js';
import { callRoutingMigration } from './0012-call-routing.js';
import { privateAddressesMigration } from './0013-private-addresses.js';
import { groupsMigration } from './0014-groups.js';
import { modelsMigration } from './0015-models.js';
import { keyUsageMigration } from './0016-key-usage.js';
import { resourceKeysMigration } from './0017-resource-keys.js';
import { channelFindingsMigration } from './0018-channel-findings.js';
import { balancesMigration } from './0019-balances.js';
import { searchUnitsMigration } from './0020-search-units.js';
import { channelRunsMigration } from './0021-channel-runs.js';
import { usageSeriesMigration } from './0022-usage-series.js';
import { unstatedEnabledMigration } from './0023-unstated-enabled.js';
import { outagesMigration } from './0024-outages.js';

/** Every migration, oldest first. */
export const migrations: readonly Migration[] = [
  ledgerMigration,
  directoryMigration,
  resourcesMigration,
  limitsMigration,
  idempotencyMigration,
  resourceTokensMigration,
  usageOfUsersMigration,
  priceSyncScheduleMigration,
  channelsMigration,
  healthMigration,
  auditMigration,
  callRoutingMigration,
  privateAddressesMigration,
  groupsMigration,
  modelsMigration,
  keyUsageMigration,
  resourceKeysMigration,
  channelFindingsMigration,
  balancesMigration,
  searchUnitsMigration,
  channelRunsMigration,
  usageSeriesMigration,
  unstatedEnabledMigration,
  outagesMigration,
];
