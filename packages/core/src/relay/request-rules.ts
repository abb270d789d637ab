import type { Dialect, Instructions, JsonObject } from '@tollgate/plugin-kit';
import { appliesTo, type ChannelOptions, type ParameterRule } from '../modules/channels/index.js';

/** True if some rule of the channel is about the model. */
export function hasRulesFor(rules: readonly ParameterRule[] | undefined, model: string): rules is readonly ParameterRule[] {
  return rules !== undefined && rules.some((rule) => appliesTo(rule, model));
}

/** Changes the fields of a body as the channel's rules say, one rule after the other: defaults first, then what is set, then what goes. */
export function changeParameters(body: JsonObject, rules: readonly ParameterRule[], model: string): void {
  for (const rule of rules) {
    if (!appliesTo(rule, model)) continue;
    for (const [path, value] of Object.entries(rule.default ?? {})) if (fieldAt(body, path) === undefined) setField(body, path, value);
    for (const [path, value] of Object.entries(rule.set ?? {})) setField(body, path, value);
    for (const path of rule.remove ?? []) removeField(body, path);
  }
}

const noRules: readonly ParameterRule[] = Object.freeze([]);

/** Those of a channel's rules that are about the model. */
export function rulesFor(rules: readonly ParameterRule[] | undefined, model: string): readonly ParameterRule[] {
  return rules === undefined ? noRules : rules.filter((rule) => appliesTo(rule, model));
}

/** A body that rules may change while the original stays as it is: only the objects on their paths are copied. */
export function copiedForChange(body: JsonObject, rules: readonly ParameterRule[]): JsonObject {
  const copy: Fields = { ...body };
  for (const rule of rules) {
    const paths = [...Object.keys(rule.default ?? {}), ...Object.keys(rule.set ?? {}), ...(rule.remove ?? [])];
    for (const path of paths) copyOwners(copy, path.split('.').slice(0, -1));
  }
  return copy;
}

/** The channel's instructions for the model. */
export function promptFor({ systemPrompt }: ChannelOptions, model: string): Instructions | undefined {
  return systemPrompt !== undefined && appliesTo(systemPrompt, model) ? systemPrompt : undefined;
}

/** The same, if its upstream's requests of this kind take some. */
export function instructionsFor(options: ChannelOptions, { upstream }: Dialect, model: string): Instructions | undefined {
  return upstream.instruct === undefined ? undefined : promptFor(options, model);
}

/** What a channel adds to a request: bytes of its own, and whether it has rules for the model at all. */
export interface RequestAdditions {
  readonly bytes: number;
  readonly isRuled: boolean;
}

/** Undefined where it adds nothing to any request. */
export function additionsOf(options: ChannelOptions, dialect: Dialect, model: string): RequestAdditions | undefined {
  if (options.systemPrompt === undefined && options.parameters === undefined) return undefined;
  const prompt = instructionsFor(options, dialect, model)?.text ?? '';
  const rules = rulesFor(options.parameters, model);
  const bytes = Buffer.byteLength(prompt) + (rules.length === 0 ? 0 : Buffer.byteLength(JSON.stringify(rules)));
  return { bytes, isRuled: rules.length > 0 };
}

type Fields = Record<string, unknown>;

function copyOwners(body: Fields, path: readonly string[]): void {
  let owner = body;
  for (const part of path) {
    const next: unknown = Object.hasOwn(owner, part) ? owner[part] : undefined;
    if (typeof next !== 'object' || next === null || Array.isArray(next)) return;
    const copy: Fields = { ...next };
    owner[part] = copy;
    owner = copy;
  }
}

function fieldAt(body: Fields, path: string): unknown {
  const { owner, field } = ownerOf(body, path, false);
  return owner?.[field];
}

function setField(body: Fields, path: string, value: unknown): void {
  const { owner, field } = ownerOf(body, path, true);
  if (owner !== undefined) owner[field] = structuredClone(value);
}

function removeField(body: Fields, path: string): void {
  const { owner, field } = ownerOf(body, path, false);
  if (owner !== undefined) delete owner[field];
}

/** The object in which the last part of the path stands; undefined where something else is in its way. */
function ownerOf(body: Fields, path: string, isMade: boolean): { readonly owner: Fields | undefined; readonly field: string } {
  const parts = path.split('.');
  const field = parts.pop() ?? '';
  let owner: Fields | undefined = body;
  for (const part of parts) {
    const next: unknown = Object.hasOwn(owner, part) ? owner[part] : undefined;
    if (next === undefined && isMade) {
      const made: Fields = {};
      owner[part] = made;
      owner = made;
    } else if (typeof next === 'object' && next !== null && !Array.isArray(next)) owner = next as Fields;
    else return { owner: undefined, field };
  }
  return { owner, field };
}
