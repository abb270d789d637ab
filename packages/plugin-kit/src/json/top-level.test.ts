import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadRequestError } from '../errors.js';
import { scanTopLevel, spliceTopLevel } from './top-level.js';

const guardedKeys = ['model', 'stream', 'stream_options', 'maxTokens'];

describe('scanTopLevel', () => {
  it('agrees with JSON.parse on every document', () => {
    fc.assert(
      fc.property(documents(), ({ text, value }) => {
        expect(JSON.parse(text)).toEqual(value);
        const body = Buffer.from(text);
        const spans = scanTopLevel(body, guardedKeys);
        const found = [...spans.values].map(([key, span]) => [key, JSON.parse(body.toString('utf8', span.start, span.end))]);
        expect(found).toEqual(Object.entries(value).filter(([key]) => guardedKeys.includes(key)));
        expect(spans.isEmpty).toBe(Object.keys(value).length === 0);
      }),
      { numRuns: 500 },
    );
  });

  it('refuses a guarded key that comes twice', () => {
    fc.assert(
      fc.property(documents(), fc.constantFrom(...guardedKeys), fc.nat(), ({ value, random }, key, place) => {
        const members = Object.entries(value).filter(([other]) => other !== key);
        members.splice(place % (members.length + 1), 0, [key, 'first']);
        members.splice(place % (members.length + 1), 0, [key, 'second']);
        expectAmbiguous(spellMembers(members, random, JSON.stringify), key);
      }),
    );
  });

  it('refuses a guarded key that is spelled with an escape', () => {
    fc.assert(
      fc.property(documents(), fc.constantFrom(...guardedKeys), fc.nat(), ({ value, random }, key, place) => {
        const members = Object.entries(value).filter(([other]) => other !== key);
        members.splice(place % (members.length + 1), 0, [key, 'hidden']);
        expectAmbiguous(
          spellMembers(members, random, (name) => (name === key ? escaped(name, place % name.length) : JSON.stringify(name))),
          key,
        );
      }),
    );
  });

  it.each(['{"Model":1}', '{"MODEL":1}', '{"\\u004dodel":1}', '{"ſtream":1}', '{"model":1,"Model":2}'])(
    'refuses the letter case of %s',
    (text) => {
      expectAmbiguous(text, text.includes('tream') ? 'stream' : 'model');
    },
  );

  it('leaves other keys alone, also inside nested values', () => {
    const text = '{"metadata":{"model":1,"model":2},"m\\u006fdels":1,"modél":2,"modelx":3}';
    expect(scanTopLevel(Buffer.from(text), guardedKeys).values.size).toBe(0);
  });

  it('refuses a body that is no object', () => {
    for (const text of ['[]', '"model"', '1', 'null']) expect(() => scanTopLevel(Buffer.from(text), guardedKeys)).toThrow(BadRequestError);
  });
});

describe('spliceTopLevel', () => {
  it('changes what it is told and nothing else', () => {
    const edits = fc.dictionary(fc.constantFrom(...guardedKeys), fc.jsonValue());
    fc.assert(
      fc.property(documents(), edits, ({ text, value }, changes) => {
        const body = Buffer.from(text);
        const raw = Object.fromEntries(Object.entries(changes).map(([key, change]) => [key, JSON.stringify(change)]));
        const spliced = spliceTopLevel(body, scanTopLevel(body, guardedKeys), raw);
        expect(JSON.parse(spliced.toString())).toEqual({ ...value, ...(JSON.parse(JSON.stringify(changes)) as object) });
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['{"a":"é", "model" : "x" ,"b":1}', '{"a":"é", "model" : "gpt" ,"b":1}'],
    [' { } ', ' {"model":"gpt" } '],
    ['{"a":1 }\n', '{"a":1,"model":"gpt" }\n'],
  ])('keeps every other byte of %j', (text, expected) => {
    const body = Buffer.from(text);
    expect(spliceTopLevel(body, scanTopLevel(body, guardedKeys), { model: '"gpt"' }).toString()).toBe(expected);
  });

  it('inserts several keys in order', () => {
    const body = Buffer.from('{}');
    const spans = scanTopLevel(body, guardedKeys);
    expect(spliceTopLevel(body, spans, { stream: 'true', model: '"x"' }).toString()).toBe('{"stream":true,"model":"x"}');
  });

  it('refuses a key that was not guarded, for it may be there already', () => {
    const body = Buffer.from('{"temperature":1}');
    expect(() => spliceTopLevel(body, scanTopLevel(body, guardedKeys), { temperature: '0' })).toThrow(RangeError);
  });
});

function expectAmbiguous(text: string, key: string): void {
  expect(() => scanTopLevel(Buffer.from(text), guardedKeys)).toThrow(
    expect.objectContaining({ code: 'ambiguous_request', field: key }) as BadRequestError,
  );
}

interface RandomDocument {
  readonly text: string;
  readonly value: Readonly<Record<string, unknown>>;
  readonly random: () => number;
}

/** JSON objects, some members guarded, spelled with random white space and random escapes. */
function documents(): fc.Arbitrary<RandomDocument> {
  const key = fc.oneof(fc.constantFrom(...guardedKeys), fc.string({ unit: 'binary' }).filter(isHarmless));
  // Long ones too, with escapes anywhere: beyond some bytes the scanner searches instead of reading.
  const long = fc.array(fc.constantFrom('\\', '"', 'some longer text without quotes, for the search to jump over', '}', 'é'), {
    maxLength: 12,
  });
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    long.map((pieces) => pieces.join('')),
    fc.constantFrom('"model":"x"', '\\', '\\"', '{"', ']}', '\\\\"'),
  );
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      text,
      fc.double({ noDefaultInfinity: true, noNaN: true }).map((number) => number + 0),
      fc.constantFrom(true, false, null),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.oneof(text, fc.constant('model')), tie('value'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));
  const members = fc.uniqueArray(fc.tuple(key, value), { selector: ([name]) => name, maxLength: 8 });
  const entropy = fc.array(fc.nat({ max: 255 }), { minLength: 1, maxLength: 40 });
  return fc.tuple(members, entropy).map(([pairs, bytes]) => {
    let drawn = 0;
    const random = (): number => bytes[drawn++ % bytes.length] ?? 0;
    const plainGuarded = (name: string): string => (guardedKeys.includes(name) ? JSON.stringify(name) : spellString(name, random));
    return { text: spellMembers(pairs, random, plainGuarded), value: Object.fromEntries(pairs), random };
  });
}

function isHarmless(key: string): boolean {
  const folded = key.toUpperCase().toLowerCase();
  return key !== '__proto__' && !guardedKeys.some((guarded) => guarded.toLowerCase() === folded);
}

function spellMembers(members: readonly (readonly [string, unknown])[], random: () => number, spellKey: (key: string) => string): string {
  const blank = (): string => ['', '', '', ' ', '\n', '\t\r\n'][random() % 6] ?? '';
  const spelled = members.map(([key, value]) => `${blank()}${spellKey(key)}${blank()}:${blank()}${spellValue(value, random)}${blank()}`);
  return `${blank()}{${spelled.length === 0 ? blank() : spelled.join(',')}}${blank()}`;
}

function spellValue(value: unknown, random: () => number): string {
  if (typeof value === 'string') return spellString(value, random);
  if (Array.isArray(value)) return `[${value.map((item) => ` ${spellValue(item, random)}`).join('\n,')}]`;
  if (typeof value === 'object' && value !== null) return spellMembers(Object.entries(value), random, (key) => spellString(key, random));
  return JSON.stringify(value);
}

/** A JSON string in which some characters are needlessly escaped. */
function spellString(text: string, random: () => number): string {
  const spelled = Array.from(text, (character) => (random() % 4 === 0 ? unicodeEscape(character) : JSON.stringify(character).slice(1, -1)));
  return `"${spelled.join('')}"`;
}

function escaped(key: string, place: number): string {
  return `"${key.slice(0, place)}${unicodeEscape(key.charAt(place))}${key.slice(place + 1)}"`;
}

function unicodeEscape(character: string): string {
  return Array.from({ length: character.length }, (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`).join('');
}
