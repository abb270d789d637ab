import { BadRequestError, type CanonicalRequest, type CodecContext, type JsonObject, type RequestFacts } from '@tollgate/plugin-kit';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyValue, pathsOf, replaced } from './broken-json.js';
import { testContext } from './test-context.js';

/** Everything that a client's request meets in a dialect. */
interface RequestCodec {
  inspect(body: JsonObject): RequestFacts;
  decodeRequest(body: JsonObject, facts: RequestFacts, context: CodecContext): CanonicalRequest;
  encodeRequest(request: CanonicalRequest, context: CodecContext): JsonObject;
}

interface Bodies {
  /** One with something in every field. */
  readonly sample: JsonObject;
  /** One with nothing but what there has to be. */
  readonly smallest: JsonObject;
  /** Fields that the sample leaves out. */
  readonly otherFields: readonly string[];
}

/** Registers the tests that no body brings anything down: it is taken, or refused with the field at fault. */
export function testAnyJsonAsRequest(
  { inspect, decodeRequest, encodeRequest }: RequestCodec,
  { sample, smallest, otherFields }: Bodies,
): void {
  /** @throws whatever a stage throws but a well-formed refusal. */
  const outcomeOf = (body: JsonObject): 'taken' | 'refused' => {
    try {
      encodeRequest(decodeRequest(body, inspect(body), testContext()), testContext());
      return 'taken';
    } catch (error) {
      if (!BadRequestError.isInstance(error)) throw error;
      expect(error.field).toBeTruthy();
      return 'refused';
    }
  };

  describe('any JSON as a request', () => {
    it('is taken, or refused with the field at fault', () => {
      expect(outcomeOf(smallest)).toBe('taken');
      fc.assert(
        fc.property(fc.dictionary(fc.constantFrom(...Object.keys(sample), ...otherFields), anyValue), (fields) => {
          outcomeOf({ ...smallest, ...fields });
        }),
        { numRuns: 1_000 },
      );
    });

    it('is taken, or refused with the field at fault, wherever one value of a good request is wrong', () => {
      expect(outcomeOf(sample)).toBe('taken');
      const paths = pathsOf(sample).filter(({ length }) => length > 0);
      fc.assert(
        fc.property(fc.constantFrom(...paths), anyValue, (path, value) => {
          outcomeOf(replaced(sample, path, value) as JsonObject);
        }),
        { numRuns: 3_000 },
      );
    });
  });
}
