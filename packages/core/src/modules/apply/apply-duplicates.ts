import type { ApplyDocument } from './apply-schema.js';
import type { ApplyPath, ApplySource, ProblemAt } from './apply-source.js';

interface Named {
  readonly path: ApplyPath;
  readonly name: string | undefined;
  /** Names are never repeated in messages where they are secret. */
  readonly message: (line: number) => string;
}

/** Whatever must be unique in the file and is not, at its second place. */
export function duplicateProblems(document: ApplyDocument, source: ApplySource): readonly ProblemAt[] {
  const { models, channels, users, tokens } = document;
  return [
    ...repeated(
      models.map(({ name }, index) => named(['models', index, 'name'], name)),
      source,
    ),
    ...repeated(
      channels.map(({ name }, index) => named(['channels', index, 'name'], name)),
      source,
    ),
    ...repeated(
      users.map(({ username }, index) => named(['users', index, 'username'], username)),
      source,
    ),
    ...repeated(
      tokens.map(({ name, user }, index) => named(['tokens', index, 'name'], `${user}/${name}`)),
      source,
    ),
    ...repeated(
      tokens.map(({ key }, index) => ({
        path: ['tokens', index, 'key'],
        name: key,
        message: (line: number) => `Another token has the same key (line ${line}).`,
      })),
      source,
    ),
  ];
}

function named(path: ApplyPath, name: string): Named {
  return { path, name, message: (line) => `"${name}" is there already (line ${line}).` };
}

function repeated(entries: readonly Named[], source: ApplySource): readonly ProblemAt[] {
  const first = new Map<string, ApplyPath>();
  return entries.flatMap(({ path, name, message }) => {
    if (name === undefined) return [];
    const earlier = first.get(name);
    if (earlier !== undefined) return [{ path, message: message(source.lineOf(earlier)) }];
    first.set(name, path);
    return [];
  });
}
