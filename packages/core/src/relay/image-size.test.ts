import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imageSizeOf } from './image-size.js';

const sides = { width: 1_500, height: 700 };

const bytesOf = (length: number, ...parts: readonly (readonly [at: number, bytes: readonly number[] | string])[]): Buffer => {
  const bytes = Buffer.alloc(length);
  for (const [at, part] of parts) (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part)).copy(bytes, at);
  return bytes;
};

const jpegStart = [0xff, 0xd8, 0xff, 0xe0, 0x00, 0x10];
const jpegFrame = [0xff, 0xc2, 0x00, 0x11, 0x08, 0x02, 0xbc, 0x05, 0xdc, 0x03];

const images: Readonly<Record<string, Buffer>> = {
  png: bytesOf(33, [0, '\x89PNG\r\n\x1a\n'], [12, 'IHDR'], [16, [0, 0, 0x05, 0xdc, 0, 0, 0x02, 0xbc]]),
  gif: bytesOf(40, [0, 'GIF89a'], [6, [0xdc, 0x05, 0xbc, 0x02]]),
  'lossy webp': bytesOf(40, [0, 'RIFF'], [8, 'WEBPVP8 '], [23, [0x9d, 0x01, 0x2a, 0xdc, 0x05, 0xbc, 0x02]]),
  'lossless webp': bytesOf(40, [0, 'RIFF'], [8, 'WEBPVP8L'], [20, [0x2f, 0xdb, 0xc5, 0xae, 0x00]]),
  'extended webp': bytesOf(40, [0, 'RIFF'], [8, 'WEBPVP8X'], [24, [0xdb, 0x05, 0x00, 0xbb, 0x02, 0x00]]),
  'jpeg with a table before its frame': bytesOf(80, [0, jpegStart], [20, [0xff, 0xc4, 0x00, 0x08]], [30, jpegFrame]),
};

describe('the size of an image', () => {
  it.each(Object.entries(images))('is read from the first bytes of a %s', (_name, bytes) => {
    expect(imageSizeOf(bytes)).toEqual(sides);
  });

  it('is unknown where the bytes are cut off before it', () => {
    for (const bytes of Object.values(images)) expect(imageSizeOf(bytes.subarray(0, 15))).toBeUndefined();
    expect(imageSizeOf((images['jpeg with a table before its frame'] as Buffer).subarray(0, 34))).toBeUndefined();
  });

  it('is positive or unknown for whatever bytes come', () => {
    const starts = Object.values(images).map((bytes) => bytes.subarray(0, 16));
    fc.assert(
      fc.property(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 300 }), (start, rest) => {
        const size = imageSizeOf(Buffer.concat([start, rest]));
        return size === undefined || (size.width > 0 && size.height > 0);
      }),
    );
  });
});
