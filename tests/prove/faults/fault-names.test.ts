import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { faultPoints } from '../../../packages/core/src/foundation/fault-points.js';
import { repositoryFolder } from '../../support/repository.js';
import { type Exempt, namedPoints, unnamedWaits } from './fault-names.js';

const core = 'packages/core/src';

/** The way of a paid call through the house, from its admission to its record, and what in it has no wait of its own on this way. */
const way: Readonly<Record<string, Exempt>> = {
  'http/relay-front.ts': ['serve'],
  'relay/relay.ts': ['drain', 'close'],
  'relay/channel-tries.ts': ['this.#attempts', 'this.#hedged'],
  'relay/hedged-attempts.ts': ['this.#attempts'],
  'relay/channel-attempts.ts': [],
  'relay/attempt.ts': ['#signed'],
  'relay/settler.ts': ['drain'],
  'modules/ledger/ledger-writer.ts': ['drain', 'close'],
  'modules/ledger/postgres-ledger-store.ts': ['close', 'together'],
};

const textOf = (file: string): string => readFileSync(join(repositoryFolder, core, file), 'utf8');

describe('the waits of a paid call', () => {
  it.each(Object.entries(way))('have names in %s', (file, exempt) => {
    const why = `Each wait needs a name before it: if (faults !== undefined) await faults('…'); names are declared in ${core}/foundation/fault-points.ts.`;
    expect(unnamedWaits(`${core}/${file}`, textOf(file), exempt), why).toEqual([]);
  });

  it('use each declared name, and no other', () => {
    const used = new Set(Object.keys(way).flatMap((file) => namedPoints(textOf(file))));
    expect([...used].toSorted()).toEqual(Object.keys(faultPoints).toSorted());
  });

  it.each([
    ['a wait without a name', 'class A { async run() { await other(); } }', 1],
    ['a second wait after one name', "class A { async run() { await faults('hold'); await one(); await two(); } }", 1],
    ['a wait behind a name', "class A { async run() { if (faults !== undefined) await faults('hold'); await other(); } }", 0],
    ['a wait for a method whose own waits are looked at', 'class A { async run() { await this.#own().catch(() => 1); } }', 0],
  ])('are told apart: %s', (_title, text, expected) => {
    expect(unnamedWaits('a.ts', text, [])).toHaveLength(expected);
  });
});
