import { levels } from '../check.js';
import type { CheckResult, ConformanceReport } from '../run-suite.js';

/** The report for people: a table of what passed, what failed and why, and what the next level asks for. */
export function reportText(report: ConformanceReport): string {
  const { badge, passed, failed } = report;
  return [
    report.name,
    '',
    ...tableOf(report.results),
    ...failuresOf(report.results),
    ...remediesOf(report),
    '',
    `Badge: ${badge} (${passed} passed, ${failed} failed)`,
    '',
  ].join('\n');
}

function tableOf(results: readonly CheckResult[]): readonly string[] {
  const subjects = [...new Set(results.map(({ subject }) => subject))];
  const rows = [
    ['part', ...levels],
    ...subjects.map((subject) => [
      subject,
      ...levels.map((level) => countOf(results.filter((result) => result.subject === subject && result.level === level))),
    ]),
  ];
  const width = Math.max(...rows.map(([first = '']) => first.length)) + 2;
  return rows.map(([first = '', ...counts]) => `  ${first.padEnd(width)}${counts.map((count) => count.padEnd(10)).join('')}`.trimEnd());
}

function countOf(results: readonly CheckResult[]): string {
  if (results.length === 0) return '–';
  const passed = results.filter(({ problem }) => problem === undefined).length;
  return `${passed === results.length ? '✓' : '✗'} ${passed}/${results.length}`;
}

function failuresOf(results: readonly CheckResult[]): readonly string[] {
  return results.flatMap(({ subject, title, problem }) =>
    problem === undefined ? [] : ['', `✗ ${subject} ${title}`, ...problem.split('\n').map((line) => `    ${line}`)],
  );
}

/** Only the next level's: one step after the other. */
function remediesOf({ missing }: ConformanceReport): readonly string[] {
  const next = levels.find((level) => missing.some((lack) => lack.level === level));
  if (next === undefined) return [];
  return ['', `For ${next}:`, ...missing.filter(({ level }) => level === next).map(({ subject, remedy }) => `  ${subject}: ${remedy}`)];
}
