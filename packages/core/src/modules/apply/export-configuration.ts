import { Document } from 'yaml';
import { type ChannelFilter, comparableFilter, findChannelIds } from '../channels/index.js';
import type { ApplyContext } from './apply-context.js';
import { readApplyState } from './apply-state.js';
import { exportedGroups, exportedModels, exportedSettings, exportedVendors } from './export-catalogue.js';
import { exportedChannels } from './export-channels.js';
import { exportedTokens, exportedUsers } from './export-people.js';
import { type ExportedVariable, ExportPlaceholders } from './export-placeholders.js';

export const applySections = ['groups', 'vendors', 'models', 'channels', 'users', 'tokens', 'settings'] as const;
export type ApplySection = (typeof applySections)[number];

export interface ExportOptions {
  /** Left out: all. */
  readonly sections?: readonly ApplySection[] | undefined;
  /** Which channels; left out: all. */
  readonly channels?: ChannelFilter | undefined;
}

/** The configuration as an apply file. */
export interface ExportedConfiguration {
  /** Contains no secret: `${NAME}` stands for each. */
  readonly file: Readonly<Partial<Record<ApplySection, object>>>;
  /** What is to be filled in. */
  readonly variables: readonly ExportedVariable[];
}

/** The present configuration as a file that makes the same of an empty gateway. @throws StorageUnavailableError */
export async function exportConfiguration(context: ApplyContext, options: ExportOptions = {}): Promise<ExportedConfiguration> {
  const { database, settings, secretBox } = context;
  const meant = options.channels && (await comparableFilter(database.knex, options.channels, secretBox));
  const { state, channels } = await database.snapshot(async (reader) => {
    const read = await readApplyState(reader, context);
    const ids = meant && new Set(await findChannelIds(reader, database.kind, meant));
    const sorted = [...read.channels.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
    return { state: read, channels: sorted.filter(({ id }) => ids?.has(id) ?? true) };
  });
  const placeholders = new ExportPlaceholders();
  const exporters: Readonly<Record<ApplySection, () => object>> = {
    groups: () => exportedGroups(state.groups.values()),
    vendors: () => exportedVendors(state.vendors.values()),
    models: () => exportedModels(state.models.values()),
    channels: () => exportedChannels(channels, context, placeholders),
    users: () => exportedUsers(state, placeholders),
    tokens: () => exportedTokens(state, placeholders),
    settings: () => exportedSettings(state, settings, placeholders),
  };
  const file = Object.fromEntries(
    applySections
      .filter((section) => options.sections?.includes(section) ?? true)
      .map((section) => [section, exporters[section]()] as const)
      .filter(([, content]) => Object.keys(content).length > 0),
  );
  return { file, variables: placeholders.variables };
}

/** The file as YAML, the variables that it needs told at its beginning. */
export function exportText({ file, variables }: ExportedConfiguration): string {
  const document = new Document(file);
  if (variables.length > 0)
    document.commentBefore = [' Set these variables:', ...variables.map(({ name, field }) => `   ${name}  for ${field}`)].join('\n');
  return document.toString({ lineWidth: 0 });
}
