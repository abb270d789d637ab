import { describe, expect, it } from 'vitest';
import { ConfigurationError } from './errors.js';
import { SecretBox } from './secret-box.js';

describe('secret box', () => {
  const box = new SecretBox('a master secret of at least 32 characters');

  it('opens what it sealed, in the same context', () => {
    const sealed = box.seal('sk-ключ', 'channel main');
    expect(sealed).toMatch(/^box1\.[\w-]+$/);
    expect(sealed).not.toContain('sk-');
    expect(box.open(sealed, 'channel main')).toBe('sk-ключ');
  });

  it('opens bytes as they were, whatever they are', () => {
    const bytes = Buffer.from([0xff, 0x00, 0xc3, 0x28]);
    expect(box.openBytes(box.seal(bytes, 'here'), 'here')).toEqual(bytes);
  });

  it('never seals to the same text twice', () => {
    expect(box.seal('same', 'here')).not.toBe(box.seal('same', 'here'));
  });

  it('gives equal texts one fingerprint, of its own for each context and master secret', () => {
    const fingerprint = box.fingerprint('secret', 'here');
    expect(box.fingerprint('secret', 'here')).toBe(fingerprint);
    const others = [
      box.fingerprint('secret', 'there'),
      box.fingerprint('secrets', 'here'),
      new SecretBox('another master secret of 32 characters').fingerprint('secret', 'here'),
    ];
    expect(others).not.toContain(fingerprint);
  });

  it('opens neither in another context, nor under another master secret, nor after a change', () => {
    const sealed = box.seal('secret', 'here');
    const changed = `${sealed.slice(0, 20)}${sealed[20] === 'A' ? 'B' : 'A'}${sealed.slice(21)}`;
    expect(() => box.open(sealed, 'there')).toThrow(ConfigurationError);
    expect(() => new SecretBox('another master secret of 32 characters').open(sealed, 'here')).toThrow('TOLLGATE_SECRET');
    expect(() => box.open(changed, 'here')).toThrow(ConfigurationError);
    expect(() => box.open('plain text', 'here')).toThrow('unknown form');
  });
});
