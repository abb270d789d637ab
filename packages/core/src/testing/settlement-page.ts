import { abnormalEndings, endingKeys, type EndingDeclaration } from '../modules/settlement/index.js';

const head = `# What is charged when a call does not end as it should

A call that is complete and states its usage is charged by that usage. Every other ending has a rule, set for all models under \`settlement\` in the
settings, and for one model under its own \`settlement\`:

\`\`\`yaml
settings:
  settlement: { clientLeft: upstream-actual }
models:
  - { name: dear-model, modelRatio: 10, settlement: { burntAttempt: upstream-actual } }
\`\`\`

- \`upstream-actual\`: what the upstream states of its own usage.
- \`delivered\`: what reached the client, estimated where nobody stated it.
- \`free\`: nothing.

The receipt names the ending (\`ending\`), the rule that closed the call (\`policy\`) and, where the rule in force could not be kept to, why
(\`fallback\`). Where nothing reached the client and nothing is stated, there is nothing to charge (\`not-delivered\`). A call that no upstream
answered ends as \`failed\` and costs nothing. \`counted\` is \`delivered\` where the texts were counted by the public tokenizer of the model; long
answers, and whatever could not be counted in time, are estimated.

Attempts that are charged are priced each by its own usage: in the tier of its own length, with its own images, and where the price is by the call,
as one call more. The receipt's \`usage\` is the sum, \`attempts\` has the parts, and the cost is rounded once.

| setting | ending | | usual | \`upstream-actual\` charges | \`delivered\` charges | \`free\` charges |
|---|---|---|---|---|---|---|
`;

const foot = `
Reading on after a client left is bounded by \`drainsMax\`, \`drainBytesMax\` and \`drainTimeMaxMs\`. Beyond them, and when the gateway stops, the call
is closed by \`delivered\`, and \`fallback\` says so: \`drain-cap\`, \`drain-bytes\`, \`drain-time\`, \`drain-broken\` (the upstream failed meanwhile),
\`drain-stopped\`. \`not-stated\` means that the upstream stated no usage.

A stream that outgrows its hold asks for more and goes on meanwhile. While the database does not answer it may be \`unheldOutputTokensMax\` of the
section \`ledger\` ahead of what is held, and is then held up until the database has answered, or is ended with \`storage_unavailable\` in the client's
dialect if it is away (\`ledger-away\`). What it has used is settled when the database is back.

This page is written from the declarations by \`npm run docs\`; a test fails when it is not current.
`;

/** The page \`docs/settlement.md\`. */
export function settlementPage(): string {
  const rows = endingKeys.map((key) => {
    const { name, title, usual, charges }: EndingDeclaration = abnormalEndings[key];
    return `| \`${key}\` | \`${name}\` | ${title} | \`${usual}\` | ${charges['upstream-actual']} | ${charges.delivered} | nothing |`;
  });
  return `${head}${rows.join('\n')}\n${foot}`;
}
