import { GatewayError } from '../../foundation/errors.js';
import { channelEntryProblems } from '../channels/index.js';
import { checkSetting } from '../settings/index.js';
import { hashTokenKey } from '../tokens/index.js';
import type { ApplyContext } from './apply-context.js';
import type { ApplyDocument } from './apply-schema.js';
import type { ProblemAt } from './apply-source.js';
import type { ApplyState } from './apply-state.js';
import { groupProblems } from './group-references.js';
import { doubledGroupSettings } from './group-settings.js';

/** Whatever in the file does not fit the database or the plugins. */
export function referenceProblems(document: ApplyDocument, state: ApplyState, context: ApplyContext): readonly ProblemAt[] {
  return [
    ...groupProblems(document, state),
    ...doubledGroupSettings(document),
    ...unknownVendors(document, state),
    ...unknownUsers(document, state),
    ...takenKeys(document, state),
    ...channelProblems(document, context),
    ...settingProblems(document, context),
  ];
}

function unknownVendors({ models, vendors }: ApplyDocument, state: ApplyState): readonly ProblemAt[] {
  return models.flatMap(({ vendor }, index) =>
    vendor === undefined || Object.hasOwn(vendors, vendor) || state.vendors.has(vendor)
      ? []
      : [{ path: ['models', index, 'vendor'], message: `There is no vendor "${vendor}": add it under \`vendors\`.` }],
  );
}

function unknownUsers(document: ApplyDocument, state: ApplyState): readonly ProblemAt[] {
  const usernames = new Set([...document.users.map(({ username }) => username), ...state.users.keys()]);
  return document.tokens.flatMap(({ user }, index) =>
    usernames.has(user) ? [] : [{ path: ['tokens', index, 'user'], message: `There is no user "${user}": add it under \`users\`.` }],
  );
}

function takenKeys(document: ApplyDocument, state: ApplyState): readonly ProblemAt[] {
  const holders = new Map([...state.tokens].map(([name, { keyHash }]) => [keyHash, name]));
  return document.tokens.flatMap(({ user, name, key }, index) => {
    const holder = key === undefined ? undefined : holders.get(hashTokenKey(key));
    if (holder === undefined || holder === `${user}/${name}`) return [];
    return [{ path: ['tokens', index, 'key'], message: `Token ${holder} has this key already.` }];
  });
}

function channelProblems(document: ApplyDocument, { providers }: ApplyContext): readonly ProblemAt[] {
  return document.channels.flatMap((entry, index) =>
    channelEntryProblems(entry, providers).map(({ path, message }) => ({ path: ['channels', index, ...path], message })),
  );
}

function settingProblems(document: ApplyDocument, { settings }: ApplyContext): readonly ProblemAt[] {
  return Object.entries(document.settings).flatMap(([section, fields]) =>
    Object.entries(fields).flatMap(([field, value]) => {
      try {
        checkSetting(settings.definition(section), field, value);
        return [];
      } catch (error) {
        if (error instanceof GatewayError) return [{ path: ['settings', section, field], message: error.message }];
        throw error;
      }
    }),
  );
}
