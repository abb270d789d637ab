/**
 * `npm test`: everything that this machine can check. Arguments go to vitest (`npm test -- packages/core/src/plugins`); then only the
 * tests they name are run. The last line is `N passed, N failed, N skipped`.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkNode, eachOfTwo, ensureBuilt, ensureInstalled, runTool, workspacePackages } from './workspace.mjs';

const chosen = process.argv.slice(2);

checkNode();
await ensureInstalled();
await ensureBuilt({ types: true });
const failedChecks = chosen.length === 0 ? await runChecks() : [];
const summary = await runTests();
report(summary, failedChecks);

/** Resolves to the names of the checks that failed. */
async function runChecks() {
  const checks = {
    lint: () => runTool('oxlint/bin/oxlint', ['--type-aware', '--deny-warnings']),
    format: () => runTool('@biomejs/biome/bin/biome', ['format', '.']),
    types: checkTypes,
  };
  const failed = [];
  for (const [name, check] of Object.entries(checks)) {
    process.stderr.write(`Checking ${name}.\n`);
    if (!(await check())) failed.push(name);
  }
  return failed;
}

async function checkTypes() {
  const projects = ['.', ...workspacePackages()];
  const results = await eachOfTwo(projects, (path) => runTool('typescript/bin/tsc', ['--noEmit', '-p', path]));
  return results.every(Boolean);
}

async function runTests() {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-test-'));
  const file = join(folder, 'summary.json');
  try {
    const reporters = ['--reporter=default', '--reporter=./scripts/test-summary-reporter.mjs'];
    const passed = await runTool('vitest/vitest.mjs', ['run', ...reporters, ...chosen], { environment: { TOLLGATE_TEST_SUMMARY: file } });
    const found = readSummary(file);
    return passed || found.failed > 0 ? found : { ...found, failed: 1 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function readSummary(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: [] };
  }
}

function report({ passed, failed, skipped }, failedChecks) {
  const reasons = new Map();
  for (const { suite, reason } of skipped) reasons.set(suite, { count: (reasons.get(suite)?.count ?? 0) + 1, reason });
  for (const [suite, { count, reason }] of reasons) console.log(`Skipped ${count} in ${suite}${reason === undefined ? '' : `: ${reason}`}`);
  if (failedChecks.length > 0) console.log(`Failed checks: ${failedChecks.join(', ')}`);
  const failures = failed + failedChecks.length;
  console.log(`${passed} passed, ${failures} failed, ${skipped.length} skipped`);
  process.exitCode = failures === 0 ? 0 : 1;
}
