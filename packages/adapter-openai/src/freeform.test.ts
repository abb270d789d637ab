import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freeformText, isFreeformTool } from './freeform.js';
import { canonicalRequest } from './testing/canonical.js';

describe('a tool for plain text', () => {
  it('is one that the caller declared so', () => {
    const request = canonicalRequest({ tools: [{ name: 'patch', freeform: true }, { name: 'weather' }] });
    expect(isFreeformTool(request, 'patch')).toBe(true);
    expect(isFreeformTool(request, 'weather')).toBe(false);
    expect(isFreeformTool(request, 'other')).toBe(false);
    expect(isFreeformTool(canonicalRequest(), 'patch')).toBe(false);
  });

  it('gets the text out of the JSON that stood for it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (input) => {
        expect(freeformText(JSON.stringify({ input }))).toBe(input);
      }),
    );
  });

  it('gets all that was written where no such JSON stands for it', () => {
    for (const odd of ['', 'plain', '{"input":', 'null', '7', '{"input":7}', '{"text":"a"}', '["input"]'])
      expect(freeformText(odd)).toBe(odd);
  });
});
