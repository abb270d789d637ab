import { ConfigurationError, GatewayError } from '../foundation/errors.js';

/** A plugin cannot be loaded. The gateway does not start without a plugin that its configuration names. */
export class PluginLoadError extends ConfigurationError {
  constructor(
    readonly plugin: string,
    reason: string,
    cause?: unknown,
  ) {
    super(`Plugin ${plugin} cannot be loaded: ${reason}`);
    if (cause !== undefined) this.cause = cause;
  }
}

/** A plugin's gate failed where it should have decided. The call is refused, since nobody knows what the gate would have said. */
export class PluginFaultError extends GatewayError {
  readonly kind = 'overloaded';
  readonly status = 503;
  readonly code = 'plugin_fault';

  constructor(
    readonly plugin: string,
    place: string,
    cause: unknown,
  ) {
    super(`The plugin ${plugin} failed in ${place}. Ask the operator of this gateway to look at its log.`, { cause });
  }
}
