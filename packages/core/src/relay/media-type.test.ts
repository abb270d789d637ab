import { describe, expect, it } from 'vitest';
import { plainType, typeOfBytes } from './media-type.js';

const latin = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('the type of fetched bytes', () => {
  it.each([
    ['\x89PNG\r\n\x1a\nrest', 'image/png'],
    ['\xff\xd8\xff\xe0rest', 'image/jpeg'],
    ['GIF89a', 'image/gif'],
    ['RIFF0000WEBPVP8 ', 'image/webp'],
    ['RIFF0000WAVEfmt ', 'audio/wav'],
    ['%PDF-1.7', 'application/pdf'],
    ['ID3\x03', 'audio/mpeg'],
  ])('is what they begin with, whatever anybody says: %j', (text, type) =>
    expect(typeOfBytes(latin(text), 'text/html', 'video/mp4')).toBe(type),
  );

  it('is what the server says where they do not tell', () => {
    expect(typeOfBytes(latin('<svg/>'), 'image/svg+xml; charset=utf-8', 'image/png')).toBe('image/svg+xml');
  });

  it('is what the caller said where the server does not know either, and else nothing', () => {
    expect(typeOfBytes(latin('?'), 'application/octet-stream', 'audio/aac')).toBe('audio/aac');
    expect(typeOfBytes(latin('?'), '', undefined)).toBeUndefined();
  });

  it('has one name', () => {
    expect(['image/jpg', 'Audio/MP3', 'audio/x-wav;rate=1'].map(plainType)).toEqual(['image/jpeg', 'audio/mpeg', 'audio/wav']);
  });
});
