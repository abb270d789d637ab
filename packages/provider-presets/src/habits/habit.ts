import type { CodecContext, JsonObject, UpstreamSide } from '@tollgate/plugin-kit';

export type EncodeRequest = UpstreamSide['encodeRequest'];

/** A small difference of a place from the dialect that it speaks. */
export interface Habit {
  /** Edits every request, whoever wrote it: bytes of such a dialect do not pass. For what would be refused otherwise. */
  readonly edit?: (body: JsonObject, context: CodecContext) => void;
  /** Writes translated requests otherwise; those in the place's own language pass as they are. For what can be said better. */
  readonly encode?: (next: EncodeRequest) => EncodeRequest;
}
