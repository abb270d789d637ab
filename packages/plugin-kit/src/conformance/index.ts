export { type Check, joinSuites, type Level, levels, type Missing, type Suite } from './check.js';
export { type CheckedSink, checkedSink, type SinkCall } from './checked-sink.js';
export { type DialectEvidence, dialectSuite } from './dialect/dialect-suite.js';
export { readFixtures } from './fixtures/read-fixtures.js';
export { type ExpectedAnswer, type Fixtures, joinFixtures, noFixtures, type RecordedError, type Recording } from './fixtures/recordings.js';
export { register, type TestRunner } from './register.js';
export { type CheckResult, type ConformanceReport, runSuite } from './run-suite.js';
export { type PluginEvidence, pluginSuite } from './plugin/plugin-suite.js';
export { type ProviderEvidence, providerSuite } from './provider/provider-suite.js';
