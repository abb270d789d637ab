import type { MediaBlock } from '@tollgate/plugin-kit';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mediaUrl, readMediaUrl } from './media-url.js';
import { refusalOf } from './testing/refused.js';

describe('media URLs', () => {
  it.each([
    ['https://example.org/a.png', { source: { url: 'https://example.org/a.png' } }],
    ['data:image/png;base64,iVBORw==', { mimeType: 'image/png', source: { base64: 'iVBORw==' } }],
    ['data:;base64,iVBORw==', { source: { base64: 'iVBORw==' } }],
    ['data:audio/webm;codecs=opus;base64,GkXf', { mimeType: 'audio/webm', source: { base64: 'GkXf' } }],
  ])('%s', (url, read) => {
    expect(readMediaUrl(url, 'field')).toEqual(read);
  });

  it('refuse data that is not base64', () => {
    expect(() => readMediaUrl('data:image/svg+xml,%3Csvg/%3E', 'a.url')).toThrow(refusalOf('a.url'));
  });

  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.base64String(), fc.constantFrom('image/png', 'audio/ogg', 'application/pdf'), (base64, mimeType) => {
        const url = `data:${mimeType};base64,${base64}`;
        expect(mediaUrl({ type: 'media', media: 'file', ...readMediaUrl(url, 'field') })).toBe(url);
      }),
    );
  });

  it.each<[MediaBlock['media'], string]>([
    ['image', 'data:image/png;base64,AAAA'],
    ['audio', 'data:audio/wav;base64,AAAA'],
    ['video', 'data:video/mp4;base64,AAAA'],
    ['file', 'data:application/pdf;base64,AAAA'],
  ])('of %s have the likeliest type where none is stated', (media, url) => {
    expect(mediaUrl({ type: 'media', media, source: { base64: 'AAAA' } })).toBe(url);
  });

  it('are none for files that lie at a vendor', () => {
    expect(mediaUrl({ type: 'media', media: 'image', source: { fileId: 'f', vendor: 'openai' } })).toBeUndefined();
  });
});
