import { type CommandDef, defineCommand } from 'citty';
import { describe, expect, it } from 'vitest';
import { ledgerCommand } from './ledger-command.js';
import { pricesCommand } from './prices-command.js';
import { tokenCommand } from './token-command.js';
import { usageText } from './usage-text.js';

const main = defineCommand({
  meta: { name: 'tollgate', description: 'A gateway' },
  subCommands: { ledger: async () => ledgerCommand, prices: pricesCommand, token: tokenCommand },
}) as unknown as CommandDef;

describe('usage text', () => {
  it.each([
    { words: ['ledger', 'adjust', '--help'], shows: ['USAGE tollgate ledger adjust', '--reason'] },
    { words: ['prices', 'apply', '--from', 'x', '-h'], shows: ['USAGE tollgate prices apply', '--from', '--even-if'] },
    { words: ['token', 'create'], shows: ['USAGE tollgate token create', '--access', '--user'] },
    { words: ['ledger', 'adjust', 'explain', '5'], shows: ['USAGE tollgate ledger adjust'] },
    { words: ['ledger'], shows: ['USAGE tollgate ledger', 'explain', 'adjust'] },
    { words: ['--help'], shows: ['USAGE tollgate', 'ledger', 'prices', 'token'] },
    { words: ['frobnicate', 'ledger'], shows: ['USAGE tollgate', 'prices'] },
  ])('is that of the command that $words leads to', async ({ words, shows }) => {
    const text = await usageText(main, words, false);
    for (const shown of shows) expect(text).toContain(shown);
    expect(text).not.toMatch(/ $/m);
  });
});
