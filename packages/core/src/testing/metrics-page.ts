import type { DeclaredMetric } from '../modules/metrics/index.js';

const head = `# Metrics

\`GET /metrics\` gives the figures of one node in Prometheus' text format, to callers with the permission \`metrics.read\`: admins and root, by an
access token (\`tollgate token create --access\`).

\`\`\`yaml
scrape_configs:
  - job_name: tollgate
    authorization: { credentials_file: /etc/prometheus/tollgate-token }
    static_configs: [{ targets: ['gateway-1:3000', 'gateway-2:3000'] }]
\`\`\`

No user, API key or model is among the labels, so that their number stays bounded; receipts tell about single calls. Beside these there are the
\`process_…\` and \`nodejs_…\` figures of the process: CPU, memory, file descriptors, garbage collection, and \`nodejs_eventloop_lag_…\`, which says how long
work waits for the only thread that there is.

This page is written from the declarations by \`npm run docs\`; a test fails when it is not current.

| metric | kind | labels | |
|---|---|---|---|
`;

/** The page \`docs/metrics.md\`. */
export function metricsPage(metrics: readonly DeclaredMetric[]): string {
  const rows = [...metrics]
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .map(
      ({ name, type, labelNames, help }) => `| \`${name}\` | ${type} | ${labelNames.map((label) => `\`${label}\``).join(', ')} | ${help} |`,
    );
  return `${head}${rows.join('\n')}\n`;
}
