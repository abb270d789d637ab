import { describe, expect, it } from 'vitest';
import { decodeStopReason, encodeStopReason } from './stop-reason.js';

describe('stop reasons', () => {
  it.each([
    ['end_turn', 'end'],
    ['max_tokens', 'length'],
    ['stop_sequence', 'stop-sequence'],
    ['tool_use', 'tool'],
    ['pause_turn', 'pause'],
    ['refusal', 'refusal'],
  ] as const)('%s is %s both ways', (wire, canonical) => {
    expect(decodeStopReason(wire)).toBe(canonical);
    expect(encodeStopReason(canonical)).toBe(wire);
  });

  it('reads a full context window as the limit, and what is unknown or missing as a natural end', () => {
    expect(decodeStopReason('model_context_window_exceeded')).toBe('length');
    expect(decodeStopReason('something_new')).toBe('end');
    expect(decodeStopReason(null)).toBe('end');
  });

  it('writes filters as refusals and broken answers as incomplete', () => {
    expect(encodeStopReason('filter')).toBe('refusal');
    expect(encodeStopReason('error')).toBe('max_tokens');
  });
});
