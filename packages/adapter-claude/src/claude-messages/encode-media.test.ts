import type { LinkedMedia } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { testContext } from '../testing/test-context.js';
import { encodeMedia, needsBytes } from './encode-media.js';

describe('media by address', () => {
  it.each<LinkedMedia & { readonly bytes: boolean }>([
    { media: 'image', url: 'https://a.example/a.png', bytes: false },
    { media: 'image', url: 'http://a.example/a.png', bytes: true },
    { media: 'file', url: 'https://a.example/a.pdf?x=1', bytes: false },
    { media: 'file', url: 'https://a.example/unnamed', bytes: false },
    { media: 'file', url: 'https://a.example/a.csv?x=1', bytes: true },
    { media: 'file', url: 'https://a.example/a', mimeType: 'text/plain', bytes: true },
    // What the vendor takes in no form need not be fetched.
    { media: 'audio', url: 'http://a.example/a.wav', bytes: false },
  ])('is left to the vendor, or its bytes are wanted: $media $url $mimeType', ({ bytes, ...media }) =>
    expect(needsBytes(media)).toBe(bytes),
  );
});

describe('a file as bytes', () => {
  it('is a document of text if it is written in one', () => {
    const base64 = Buffer.from('a,b').toString('base64');
    const context = testContext();
    expect(encodeMedia({ type: 'media', media: 'file', mimeType: 'text/csv', source: { base64 } }, context)).toEqual({
      type: 'document',
      source: { type: 'text', media_type: 'text/plain', data: 'a,b' },
    });
    expect(context.losses).toEqual([]);
  });
});
