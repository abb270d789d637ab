import type { Block, CanonicalRequest, LinkedMedia, UpstreamSide } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { fieldOfText } from './field-of-text.js';
import { mediaToFetch, withFetchedMedia } from './linked-media.js';

const wantsFiles = { needsBytes: ({ media }: LinkedMedia) => media === 'file' } as unknown as UpstreamSide;
const file: Block = { type: 'media', media: 'file', filename: 'a', source: { url: 'https://a.example/file' } };
const image: Block = { type: 'media', media: 'image', source: { url: 'https://a.example/image' } };

function saying(...blocks: readonly Block[]): CanonicalRequest {
  return { model: 'm', stream: false, turns: [{ role: 'user', blocks }] };
}

describe('media by address', () => {
  it('is fetched only where the upstream wants its bytes', () => {
    const result: Block = { type: 'tool-result', callId: 'c', content: [file, { type: 'text', text: 'seen' }] };
    expect(mediaToFetch(saying(image, file, result), wantsFiles)).toEqual([
      { media: 'file', url: 'https://a.example/file' },
      { media: 'file', url: 'https://a.example/file' },
    ]);
    expect(mediaToFetch(saying(image), wantsFiles)).toBeUndefined();
    expect(mediaToFetch(saying(file), {} as unknown as UpstreamSide)).toBeUndefined();
  });

  it('gives way to its bytes, and is the picture that the file turned out to be', () => {
    const fetched = new Map([['https://a.example/file', { mimeType: 'image/png', base64: 'AAAA' }]]);
    const filled = { type: 'media', media: 'image', mimeType: 'image/png', filename: 'a', source: { base64: 'AAAA' } };
    const result: Block = { type: 'tool-result', callId: 'c', content: [file] };
    const request = withFetchedMedia(saying(image, file, result), fetched, wantsFiles);
    expect(request.turns[0]?.blocks).toEqual([image, filled, { type: 'tool-result', callId: 'c', content: [filled] }]);
  });

  it('changes nothing of a request without it', () => {
    const request = saying(image);
    expect(withFetchedMedia(request, undefined, wantsFiles)).toBe(request);
  });
});

describe('the field of a text', () => {
  const url = 'https://a.example/a.png';

  it('is its path in the body', () => {
    expect(fieldOfText({ messages: [{ content: [{ image_url: { url } }] }] }, url)).toBe('messages.0.content.0.image_url.url');
    expect(fieldOfText({ messages: [] }, url)).toBeUndefined();
  });

  it('is not where the address is only talked about, unless it stands nowhere else', () => {
    expect(fieldOfText({ parts: [{ text: url }, { fileUri: url }] }, url)).toBe('parts.1.fileUri');
    expect(fieldOfText({ parts: [{ text: url }] }, url)).toBe('parts.0.text');
  });
});
