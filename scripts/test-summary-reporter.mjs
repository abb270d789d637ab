import { writeFileSync } from 'node:fs';

/** A vitest reporter that writes counts, and the names and reasons of what was skipped, to the file TOLLGATE_TEST_SUMMARY. */
export default class TestSummaryReporter {
  onTestRunEnd(testModules, unhandledErrors) {
    const tests = testModules.flatMap((testModule) => [...testModule.children.allTests()]);
    const inState = (state) => tests.filter((test) => test.result().state === state);
    const brokenFiles = testModules.filter((testModule) => testModule.errors().length > 0);
    const summary = {
      passed: inState('passed').length,
      failed: inState('failed').length + brokenFiles.length + unhandledErrors.length,
      skipped: inState('skipped').map((test) => ({ suite: suiteOf(test), reason: test.result().note })),
    };
    writeFileSync(process.env.TOLLGATE_TEST_SUMMARY, JSON.stringify(summary));
  }
}

/** The file and the outermost suite: its title says what the tests need. */
function suiteOf(test) {
  const [suite] = test.fullName.split(' > ');
  return `${test.module.relativeModuleId} > ${suite}`;
}
