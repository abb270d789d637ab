/** docs/proof.md: what `npm run prove` found, as people read it. */

/** What each proof tries, in the order of the page. */
const titles = {
  faults:
    'One process, in which at a named wait of a call the connection drops, the database is away or refuses, a reply is lost, the caller leaves or the upstream breaks off',
  kills:
    'Real processes on one database, each ended by `kill -9` at a named wait while calls are under way, the next one beginning where it died',
  model:
    'Random holds, extensions, settlements, sweeps, credits, adjustments, refunds and lost replies, on two nodes, against a ledger kept by hand',
  alterations: 'One column of one row altered among all receipts and transfers, and found by `verify-ledger` by name',
  servers: 'A server that stands still for 30 seconds while calls are under way',
  soak: 'A mixed load whose memory, file descriptors and delay of the event loop stay flat',
};

const order = Object.keys(titles);

export function sortedProofs(proofs) {
  const place = ({ proof }) => (order.includes(proof) ? order.indexOf(proof) : order.length);
  return proofs.toSorted(
    (one, other) => place(one) - place(other) || one.proof.localeCompare(other.proof) || one.database.localeCompare(other.database),
  );
}

export function proofPage({ proofs }) {
  const shown = sortedProofs(proofs);
  const sections = [...new Set(shown.map(({ proof }) => proof))].map((proof) =>
    section(
      proof,
      shown.filter((result) => result.proof === proof),
    ),
  );
  return `${[introduction, summary(shown), ...sections].join('\n\n')}\n`;
}

const introduction = `# Proof

What the money part was put through by \`npm run prove\`, and what was found. Seeds choose what happens, so anything here can be repeated;
\`npm test\` plays a part of them each time. After every seed, and after restart and sweep where a process was killed, a second connection
looks at the books: they sum to zero, \`verify-ledger\` is clean, no hold is open, no request has two receipts, the balance fell by what the
receipts say, whoever was answered whole is charged exactly that, every request that reached the upstream is on record, and who never got
there pays nothing.`;

function summary(proofs) {
  const checked = proofs.reduce((sum, { invariants }) => sum + invariants.checked, 0);
  const violated = proofs.reduce((sum, { invariants }) => sum + invariants.violated, 0);
  const injected = proofs.reduce((sum, { faults }) => sum + Object.values(faults).reduce((one, other) => one + other, 0), 0);
  return `**${grouped(injected)} faults, ${grouped(checked)} checks, ${grouped(violated)} violated.**`;
}

function section(proof, results) {
  const header = '| database | tried | faults | checked | violated | seconds | commit | date |\n|---|---|---|---|---|---|---|---|';
  const rows = results.map((result) => {
    const { database, tries, of, faults, invariants, seconds, commit, date } = result;
    const kinds = Object.entries(faults).map(([kind, count]) => `${kind} ${grouped(count)}`);
    const cells = [
      database,
      `${grouped(tries)} ${of}`,
      kinds.join(', ') || '–',
      grouped(invariants.checked),
      grouped(invariants.violated),
      grouped(seconds),
    ];
    return `| ${[...cells, commit, date].join(' | ')} |`;
  });
  const figures = results.flatMap(({ database, figures: found = {} }) =>
    Object.entries(found).map(([name, value]) => `- ${database}, ${name}: ${value}`),
  );
  const violations = results.flatMap(({ violations: found }) => found.map((violation) => `- **violated**: ${violation}`));
  const lists = [...figures, ...violations].join('\n');
  return [`## ${proof}`, `${titles[proof] ?? proof}.`, [header, ...rows].join('\n'), ...(lists === '' ? [] : [lists])].join('\n\n');
}

function grouped(count) {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
