import { describe, expect, it } from 'vitest';
import { checkArguments } from './check-arguments.js';

const declared = { file: { type: 'positional' }, 'dry-run': { type: 'boolean' }, config: { type: 'string' } } as const;

describe('arguments of a command', () => {
  it.each([[['a.yaml', '--dry-run', '--config', 'b.ts']], [['--config=b.ts', 'a.yaml']], [[]]])('may be %j', (rawArguments) => {
    expect(() => checkArguments(rawArguments, declared)).not.toThrow();
  });

  it.each([
    [['a.yaml', '--dry-rnu'], "Unknown option '--dry-rnu'."],
    [['a.yaml', 'b.yaml'], 'There is no place for the argument "b.yaml".'],
    [['a.yaml', '--config'], /--config/],
    [['a.yaml', '--dry-run=yes'], /--dry-run/],
  ])('may not be %j', (rawArguments, message) => {
    expect(() => checkArguments(rawArguments, declared)).toThrow(message);
  });
});
