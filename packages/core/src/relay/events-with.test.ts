import { describe, expect, it } from 'vitest';
import { eventsWith, needlePattern } from './events-with.js';

const pattern = needlePattern(['"usage":{', '"usage": {']);
const found = (text: string): readonly string[] => eventsWith(Buffer.from(text), pattern).map(String);

describe('events with a needle', () => {
  const plain = 'data: {"text":"a"}\n\n';
  const stating = 'event: last\ndata: {"usage":{"total":1}}\n\n';
  const spaced = 'data: {"usage": {"total":2}}\n\n';

  it('are none where no needle is', () => {
    expect(found('')).toEqual([]);
    expect(found(plain + plain)).toEqual([]);
  });

  it.each([
    ['first', stating + plain + plain],
    ['in the middle', plain + stating + plain],
    ['last', plain + plain + stating],
  ])('are found where they come %s', (_where, text) => {
    expect(found(text)).toEqual([stating]);
  });

  it('come in the order of the stream, whichever needle they hold', () => {
    expect(found(spaced + stating + plain + spaced)).toEqual([spaced, stating, spaced]);
  });

  it('come once, however many needles they hold', () => {
    const twice = 'data: {"usage":{},"inner":{"usage": {}}}\n\n';
    expect(found(plain + twice + plain)).toEqual([twice]);
  });

  it('are found between blank lines of either kind', () => {
    const returned = (text: string): string => text.replaceAll('\n', '\r\n');
    expect(found(returned(plain + stating + plain))).toEqual([returned(stating)]);
    expect(found(plain + returned(stating) + plain)).toEqual([returned(stating)]);
  });

  it('may end with the bytes', () => {
    expect(found(plain + stating.trimEnd())).toEqual([stating.trimEnd()]);
  });

  it('are found by needles of any characters, taken as they are', () => {
    const text = 'data: {"größe (a|b)*": 1}\n\n';
    expect(eventsWith(Buffer.from(plain + text), needlePattern(['"größe (a|b)*":'])).map(String)).toEqual([text]);
    expect(eventsWith(Buffer.from(plain + text), needlePattern(['"größe ab']))).toEqual([]);
    expect(eventsWith(Buffer.from(plain + text), needlePattern([]))).toEqual([]);
  });

  it('share the memory of the bytes', () => {
    const bytes = Buffer.from(plain + stating + plain);
    const [event] = eventsWith(bytes, pattern);
    expect(event?.byteOffset).toBe(bytes.byteOffset + plain.length);
  });
});
