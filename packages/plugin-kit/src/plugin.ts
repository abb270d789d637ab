import { z } from 'zod';
import type { Dialect } from './dialect.js';
import { DefinitionError } from './errors.js';
import type { Awaitable, HookTable } from './hooks.js';
import type { PaymentAdapter } from './payment.js';
import type { PluginIo, PluginLog, ProviderAdapter } from './provider.js';
import type { TaskAdapter } from './task.js';

/** The version of this contract. A plugin written against the same major and the same or a lower minor loads. */
export const kitVersion = '1.0';

const pluginMarker = Symbol.for('tollgate.plugin');

/** What a plugin's set-up gets from the gateway. */
export interface PluginHost {
  /** Optional abilities of this gateway; a plugin names those it cannot do without in `needs`. */
  readonly features: ReadonlySet<string>;
  readonly log: PluginLog;
  readonly io: PluginIo;
  /** Runs when the gateway stops, last registered first. */
  onClose(close: () => Awaitable<void>): void;
}

/** What a plugin adds. */
export interface PluginParts {
  readonly dialects?: readonly Dialect[];
  readonly providers?: readonly ProviderAdapter[];
  /** Can be written and put to the test; a gateway that does not run them yet says so when it starts. */
  readonly payments?: readonly PaymentAdapter[];
  /** As `payments`. */
  readonly tasks?: readonly TaskAdapter[];
  readonly hooks?: HookTable;
}

export interface PluginSpec<Options extends z.ZodType> {
  /** The package's name. */
  readonly name: string;
  /** Version of the contract it was written against: `'1.0'`. */
  readonly kit: `${number}.${number}`;
  readonly needs?: readonly string[];
  readonly options?: Options;
  setup(options: z.output<Options>, host: PluginHost): Awaitable<PluginParts>;
}

/** A plugin with the options it was called with: what a configuration lists. */
export interface ConfiguredPlugin {
  readonly name: string;
  readonly kit: string;
  readonly needs: readonly string[];
  /** Validates the options, then runs `setup`. @throws DefinitionError naming the option at fault. */
  start(host: PluginHost): Promise<PluginParts>;
}

/** What a plugin's package exports by default: call it, with options if it has any. */
export interface Plugin<Options extends z.ZodType = z.ZodType> {
  (options?: z.input<Options>): ConfiguredPlugin;
  readonly pluginName: string;
}

/**
 * Declares a plugin.
 * @throws DefinitionError if the name is empty or the kit version is not `major.minor`.
 */
export function definePlugin<Options extends z.ZodType = z.ZodUnknown>(spec: PluginSpec<Options>): Plugin<Options> {
  if (spec.name === '') throw new DefinitionError('A plugin needs a name: use that of its package.');
  if (!/^\d+\.\d+$/.test(spec.kit))
    throw new DefinitionError(`Plugin ${spec.name}: kit is "${spec.kit}", expected "major.minor", for example "${kitVersion}".`);
  const configure = (options?: z.input<Options>): ConfiguredPlugin =>
    mark({
      name: spec.name,
      kit: spec.kit,
      needs: spec.needs ?? [],
      start: async (host: PluginHost) => spec.setup(parseOptions(spec, options), host),
    });
  return mark(Object.assign(configure, { pluginName: spec.name }));
}

function parseOptions<Options extends z.ZodType>(spec: PluginSpec<Options>, options: unknown): z.output<Options> {
  if (spec.options === undefined) return undefined as z.output<Options>;
  const parsed = spec.options.safeParse(options ?? {});
  if (!parsed.success) throw new DefinitionError(`Plugin ${spec.name}: its options are wrong.\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function mark<Value extends object>(value: Value): Value {
  return Object.defineProperty(value, pluginMarker, { value: true });
}

/** True for what {@link definePlugin} returns, called or not, also from another copy of this package. */
export function isPlugin(value: unknown): value is Plugin | ConfiguredPlugin {
  return (
    (typeof value === 'object' || typeof value === 'function') &&
    value !== null &&
    (value as Record<symbol, unknown>)[pluginMarker] === true
  );
}

/** Declares a provider; checks what types cannot. @throws DefinitionError */
export function defineProvider<Schema extends z.ZodObject>(adapter: ProviderAdapter<Schema>): ProviderAdapter<Schema> {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(adapter.id))
    throw new DefinitionError(`Provider id "${adapter.id}": use lower-case letters, digits and hyphens.`);
  if (adapter.speaks.length === 0) throw new DefinitionError(`Provider ${adapter.id} speaks no dialect.`);
  if ('dialects' in adapter.config.shape)
    throw new DefinitionError(`Provider ${adapter.id}: the configuration field "dialects" belongs to the gateway.`);
  return adapter;
}
