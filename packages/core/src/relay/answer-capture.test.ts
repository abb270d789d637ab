import { describe, expect, it } from 'vitest';
import { keptAnswerBytesMax } from '../modules/idempotency/index.js';
import { AnswerCapture } from './answer-capture.js';

describe('captured answer', () => {
  it('is what left, text and bytes alike, under its first head', () => {
    const capture = new AnswerCapture();
    capture.begin(200, 'text/event-stream');
    capture.add('data: ü\n\n');
    capture.begin(502, 'application/json');
    capture.add(Buffer.from([0xff, 0x00]));
    expect(capture.answer).toEqual({
      status: 200,
      contentType: 'text/event-stream',
      bytes: Buffer.concat([Buffer.from('data: ü\n\n'), Buffer.from([0xff, 0x00])]),
    });
  });

  it('is none where nothing has left', () => {
    expect(new AnswerCapture().answer).toBeUndefined();
  });

  it('may have a megabyte, counted in bytes, and not one more', () => {
    const capture = new AnswerCapture();
    capture.begin(200, 'text/plain');
    capture.add('ü'.repeat(keptAnswerBytesMax / 2));
    expect(capture.answer?.bytes).toHaveLength(keptAnswerBytesMax);
    capture.add('.');
    expect(capture.answer).toBeUndefined();
    capture.add('more');
    expect(capture.answer).toBeUndefined();
  });
});
