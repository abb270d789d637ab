import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dialects } from '../../relay/dialects.js';
import { repositoryFolder } from '../../support/repository.js';
import type { Status } from './cell.js';
import type { LibraryCell } from './library-cells.js';

/**
 * What the published coding agents did, as the last run of `npm run test:agents -- --document` wrote it down: they are too large to be
 * run each time. @throws Error if docs/agents.md holds no such table.
 */
export function agentCells(): readonly LibraryCell[] {
  const rows = readFileSync(join(repositoryFolder, 'docs/agents.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  const [head = [], , ...agents] = rows;
  if (head[0] !== 'agent' || agents.length === 0) throw new Error('docs/agents.md holds no table of agents.');
  return agents.flatMap(([agent = '', client = '', ...results]) =>
    dialects.map(({ id: upstream }) => {
      const result = results[head.indexOf(upstream) - 2] ?? '';
      return { library: agent.replaceAll('`', ''), client, upstream, capability: 'read a file, edit it, run a command', ...cellOf(result) };
    }),
  );
}

function cellOf(result: string): { readonly status: Status; readonly notes: readonly string[] } {
  if (result === 'ok') return { status: 'green', notes: [] };
  if (result.startsWith('ok, ')) return { status: 'partial', notes: [`${result.slice(4)}, by the agent itself.`] };
  return { status: 'red', notes: [result] };
}
