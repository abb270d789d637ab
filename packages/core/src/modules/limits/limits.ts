import type { LimitLevels } from '@tollgate/plugin-kit';
import type { LimitCounters } from '../../cluster/limit-counters.js';
import type { Clock } from '../../foundation/clock.js';
import { callerRules, type LimitRule, type LimitValues, rulesOf } from '../limit-rules/index.js';
import type { SettingsValues } from '../settings/index.js';
import type { Principal } from '../tokens/index.js';
import { addressKey } from './address-key.js';
import { Admission } from './admission.js';
import type { limitsSettings } from './limits-settings.js';
import type { LimitTicket } from './limit-ticket.js';

type LimitsValues = SettingsValues<typeof limitsSettings>;

export interface LimitsOptions {
  readonly settings: () => LimitsValues;
  readonly counters: LimitCounters;
  readonly clock: Clock;
}

/** A call, as far as limits look at it. */
export interface LimitedCall {
  readonly principal: Principal;
  readonly clientIp: string;
  readonly model: string;
  /** Asked only where tokens are limited: input and output as they are estimated before the call. */
  estimateTokens(): number;
}

/** The settings in the form that calls are checked by, until the next ones. */
interface CompiledLimits {
  readonly settings: LimitsValues;
  readonly perAddress: LimitValues;
  readonly groups: ReadonlyMap<string, readonly LimitRule[]>;
  readonly models: ReadonlyMap<string, readonly LimitRule[]>;
  /** False if only tokens can have limits. */
  readonly any: boolean;
  readonly ofPrincipals: WeakMap<Principal, readonly LimitRule[]>;
  readonly ofAddresses: readonly LimitRule[];
}

/** Admits calls by the limits of address, token, user group and model: all of them have room, or none is counted. */
export class Limits {
  readonly #options: LimitsOptions;
  readonly #admission: Admission;
  #compiled: CompiledLimits | undefined;

  constructor(options: LimitsOptions) {
    this.#options = options;
    const { counters, clock, settings } = options;
    this.#admission = new Admission({ counters, clock, whenCountersAreAway: () => settings().whenCountersAreAway });
  }

  /** False if nothing limits this caller: then there is nothing to count. */
  binds(principal: Principal): boolean {
    return principal.limits !== undefined || this.#current().any;
  }

  /**
   * Counts a model call. Undefined if nothing limits it; without a promise as long as this node has units in stock.
   * @throws LimitReachedError, LimitsUnavailableError
   */
  admitCall(call: LimitedCall): LimitTicket | undefined | Promise<LimitTicket> {
    const compiled = this.#current();
    const rules = principalRules(compiled, call.principal);
    const ofModel = compiled.models.get(call.model);
    if (rules.length === 0 && ofModel === undefined) return undefined;
    const all = ofModel === undefined ? rules : [...rules, ...ofModel];
    const tokens = all.some(({ kind }) => kind === 'tokens') ? call.estimateTokens() : 0;
    const { principal, clientIp, model } = call;
    return this.#admission.admit((now) =>
      all.map((rule) => this.#admission.demand(rule, subjectOf(rule, principal, clientIp, model), tokens, now)),
    );
  }

  /**
   * Counts a request that calls no model, or one whose caller is not known. Returns what is left then; undefined if nothing limits it.
   * @throws LimitReachedError, LimitsUnavailableError
   */
  admitRequest(principal: Principal | undefined, clientIp: string): LimitLevels | undefined | Promise<LimitLevels> {
    const compiled = this.#current();
    if (!compiled.any && principal?.limits === undefined) return undefined;
    const all = principal === undefined ? compiled.ofAddresses : principalRules(compiled, principal);
    const rules = all.filter(({ owner, kind }) => (owner === 'ip' || owner === 'token') && kind === 'requests');
    if (rules.length === 0) return undefined;
    const admitted = this.#admission.admit((now) =>
      rules.map((rule) => this.#admission.demand(rule, rule.owner === 'ip' ? addressKey(clientIp) : (principal?.tokenId ?? ''), 0, now)),
    );
    return admitted instanceof Promise ? admitted.then(({ levels }) => levels) : admitted.levels;
  }

  #current(): CompiledLimits {
    const settings = this.#options.settings();
    if (this.#compiled?.settings !== settings) this.#compiled = compile(settings);
    return this.#compiled;
  }
}

function compile(settings: LimitsValues): CompiledLimits {
  const { requestsPerMinute, requestsPerHour, requestsPerDay } = settings;
  const perAddress = { requestsPerMinute, requestsPerHour, requestsPerDay };
  const groups = new Map(Object.entries(settings.groups).map(([group, limits]) => [group, groupRules(limits)] as const));
  const models = new Map(Object.entries(settings.models).map(([model, limits]) => [model, rulesOf('model', limits)] as const));
  const ofAddresses = rulesOf('ip', perAddress);
  const any = ofAddresses.length > 0 || [...groups.values(), ...models.values()].some((rules) => rules.length > 0);
  return { settings, perAddress, groups, models, any, ofPrincipals: new WeakMap(), ofAddresses };
}

function groupRules(limits: LimitsValues['groups'][string]): readonly LimitRule[] {
  if (!Array.isArray(limits)) {
    const { shared, ...values } = limits;
    return rulesOf(shared === true ? 'group' : 'user', values);
  }
  const [requestsPerMinute, requestsPerHour] = limits;
  return rulesOf('user', { requestsPerMinute, requestsPerHour });
}

/** What binds a token wherever it calls from, worked out once for each token and settings. */
function principalRules({ perAddress, groups, ofPrincipals }: CompiledLimits, principal: Principal): readonly LimitRule[] {
  const known = ofPrincipals.get(principal);
  if (known !== undefined) return known;
  const rules = [...callerRules(perAddress, principal.limits), ...(groups.get(principal.userGroup) ?? [])];
  ofPrincipals.set(principal, rules);
  return rules;
}

function subjectOf({ owner }: LimitRule, principal: Principal, clientIp: string, model: string): string {
  switch (owner) {
    case 'ip':
      return addressKey(clientIp);
    case 'token':
      return principal.tokenId;
    case 'user':
      return principal.userId;
    case 'group':
      return principal.userGroup;
    default:
      return model;
  }
}
