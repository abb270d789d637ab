/** The results of `npm run test:agents` as people read them. */

/** The dialects of upstreams, and one conversation in which the upstream is another at every step. */
export const dialects = ['openai-chat', 'openai-responses', 'claude-messages', 'gemini', 'changing'];

/** Agents down, dialects of upstreams across; below it what failed. */
export function agentsTable({ agents, results }) {
  const rows = [['agent', ...dialects], ...agents.map(({ id, version }) => [`${id} ${version}`, ...cellsOf(id, results)])];
  const widths = rows[0].map((_cell, column) => Math.max(...rows.map((row) => row[column].length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  );
  const faults = results.flatMap(({ agent, upstream, faults: found }) => found.map((fault) => `${agent} → ${upstream}: ${fault}`));
  return [...lines, ...faults].join('\n');
}

function cellsOf(id, results) {
  return dialects.map((dialect) => {
    const result = results.find(({ agent, upstream }) => agent === id && upstream === dialect);
    if (result === undefined) return '-';
    if (result.faults.length > 0) return 'failed';
    return result.seals.returned === result.seals.given ? 'ok' : 'ok, seals lost';
  });
}

/** docs/agents.md: the same as a page. */
export function agentsDocument({ agents, results }) {
  const header = `| agent | speaks | ${dialects.join(' | ')} |\n|---|---|${dialects.map(() => '---').join('|')}|`;
  const rows = agents.map(({ id, package: name, version }) => {
    const [{ speaks }] = results.filter(({ agent }) => agent === id);
    return `| \`${name}\` ${version} | ${speaks} | ${cellsOf(id, results).join(' | ')} |`;
  });
  const losses = [...new Set(results.flatMap(({ agent, why }) => (why === undefined ? [] : [`- **${agent}**: ${why}`])))];
  return `${[introduction, [header, ...rows].join('\n'), explanation, losses.join('\n')].filter((part) => part !== '').join('\n\n')}\n`;
}

const introduction = `# Coding agents

<!-- Written by \`npm run test:agents -- --document\`; edits are lost. -->

Each of these agents, as published, did a piece of work through Tollgate in front of an upstream of each dialect: read a file, edit it, run a
command, and say that it is done. Each ran without a terminal, in a home folder of its own, in a network namespace that has only the loopback.
The upstreams were scripted: they refuse every request that the vendor they stand for would refuse.`;

const explanation = `**ok** means: the agent ended well, the file was changed and the command had run, each tool call arrived once and came back to the upstream as
it was made, thinking came back with its seal (signature, encrypted reasoning, thought signature) to the letter, the receipts are what the
upstream stated, and \`verify-ledger\` found nothing. In **changing**, each step was
answered by an upstream of another dialect, and none of them got what another had sealed; receipts and books are not looked at there.
**seals lost** means all of that, but the agent does not send thinking back:`;
