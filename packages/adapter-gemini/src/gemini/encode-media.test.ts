import { describe, expect, it } from 'vitest';
import { needsBytes } from './encode-media.js';

describe('media by address', () => {
  it.each([
    ['https://www.youtube.com/watch?v=1', false],
    ['https://youtu.be/1', false],
    ['gs://bucket/a.pdf', false],
    ['https://generativelanguage.googleapis.com/v1beta/files/a1', false],
    ['https://generativelanguage.googleapis.com.a.example/v1beta/files/a1', true],
    ['https://a.example/a.pdf', true],
  ])('is opened by the service only where it lies at the vendor: %s', (url, bytes) =>
    expect(needsBytes({ media: 'file', url })).toBe(bytes),
  );
});
