import { ConfigurationError, GatewayError } from '../../foundation/errors.js';

/** One thing wrong in an apply file. */
export interface ApplyProblem {
  /** `channels.0.config.apiKey`; empty for the file as a whole. */
  readonly path: string;
  /** 1 for the first. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** The file is refused as a whole: nothing of it was applied. Lists everything that is wrong. */
export class ApplyFileError extends ConfigurationError {
  readonly problems: readonly ApplyProblem[];

  constructor(filename: string, problems: readonly ApplyProblem[]) {
    const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
    super([`${filename} has ${count}; nothing was applied.`, ...problems.map(problemText)].join('\n'));
    this.problems = problems;
  }
}

/** Others changed the configuration each time between reading and writing it. */
export class ConfigurationChangingError extends GatewayError {
  readonly kind = 'invalid-request';
  readonly status = 409;
  readonly code = 'configuration_changing';

  constructor() {
    super('Somebody else kept changing the configuration meanwhile; nothing was applied. Try again.');
  }
}

function problemText({ path, line, column, message }: ApplyProblem): string {
  return `  ${path === '' ? 'file' : path} (line ${line}:${column}): ${message}`;
}
