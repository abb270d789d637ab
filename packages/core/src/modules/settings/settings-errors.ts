import { ConfigurationError, GatewayError } from '../../foundation/errors.js';

/** A section or field of this name is not declared. */
export class UnknownSettingError extends GatewayError {
  readonly kind = 'invalid-request';
  readonly status = 400;
  readonly code = 'unknown_setting';

  constructor(name: string, known: readonly string[]) {
    super(`There is no setting "${name}". There are: ${known.join(', ')}.`, { field: name });
  }
}

/** The value does not fit the setting's declaration. */
export class InvalidSettingError extends GatewayError {
  readonly kind = 'invalid-request';
  readonly status = 400;
  readonly code = 'invalid_setting';

  constructor(name: string, problem: string) {
    super(`Setting ${name}: ${problem}`, { field: name });
  }
}

/** What the database holds for a setting does not fit its declaration. */
export function storedSettingProblem(name: string, problem: string): ConfigurationError {
  return new ConfigurationError(`The stored value of setting ${name} is wrong: ${problem} Correct it with "tollgate apply".`);
}
