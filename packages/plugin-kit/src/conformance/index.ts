export { type CheckedSink, checkedSink, type SinkCall } from './checked-sink.js';
