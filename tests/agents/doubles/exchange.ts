import type { ServerResponse } from 'node:http';
import type { RecordedRequest } from '../../replay/local-server.js';
import type { ExpectedUsage } from '../../replay/expectations.js';
import type { ChannelEntry } from '../../support/apply-document.js';

export type JsonObject = Readonly<Record<string, unknown>>;

/** A tool that a request offers to the model. */
export interface OfferedTool {
  readonly name: string;
  /** Takes plain text instead of JSON. */
  readonly freeform: boolean;
  readonly parameters: JsonObject;
}

/** A call that a request tells again, with the result that the agent found. */
export interface PastCall {
  readonly id: string;
  readonly name: string;
  /** Parsed arguments, or the plain text of a freeform call. */
  readonly input: unknown;
  readonly result: string;
}

/** A request as every vendor understands it, whatever its words. */
export interface Conversation {
  readonly tools: readonly OfferedTool[];
  /** Oldest first. */
  readonly calls: readonly PastCall[];
  readonly wantsThinking: boolean;
}

export interface WantedCall {
  readonly name: string;
  readonly input: JsonObject | string;
}

/** What the model says next. */
export interface Answer {
  readonly thinking?: string;
  readonly text: string;
  readonly call?: WantedCall;
  readonly usage: StatedUsage;
  /** The last answers of the script have no call; the first ones number from zero. */
  readonly number: number;
}

/** Whole input and output, the shares of them named too. */
export interface StatedUsage extends ExpectedUsage {
  readonly reasoning: number;
}

/** What a vendor remembers of what it has said: that alone it takes back. */
export class Memory {
  readonly calls: Map<string, WantedCall>;
  /** Every seal that was given out together with a call. */
  readonly seals = new Map<string, Sealed>();
  /** Seals that were given out with the last words, which no loop waits for. */
  readonly looseSeals = new Set<string>();
  /** Seals in the newest request. */
  readonly sealsReturned = new Set<string>();

  /** @param calls shared by vendors that take turns in one conversation; what they seal is their own. */
  constructor(calls: Map<string, WantedCall> = new Map()) {
    this.calls = calls;
  }

  remember(callId: string, { call, thinking = '' }: Answer, seal?: string): void {
    if (call === undefined) return;
    this.calls.set(callId, call);
    if (seal !== undefined) this.seals.set(seal, { callId, thinking });
  }
}

export interface Sealed {
  readonly callId: string;
  readonly thinking: string;
}

/** A stand-in for a vendor's own service, written from the vendor's documents and independent of our adapters. */
export interface VendorDouble {
  /** The dialect's id. */
  readonly dialect: string;
  readonly model: string;
  readonly channel: (url: string) => Pick<ChannelEntry, 'provider' | 'config'>;
  /** Judges the request as the vendor would. @throws Complaint */
  readonly read: (request: RecordedRequest, memory: Memory) => Conversation;
  /** Answers as a stream or whole, as the request asks for. */
  readonly write: (answer: Answer, request: RecordedRequest, memory: Memory, response: ServerResponse) => void;
  /** Refuses in the vendor's own words. */
  readonly refuse: (message: string, status: number, response: ServerResponse) => void;
}
