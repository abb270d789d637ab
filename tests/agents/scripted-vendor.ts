import type { ServerResponse } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import { listenLocally, readRequest, type RecordedRequest } from '../replay/local-server.js';
import { Complaint, demand } from './doubles/complaint.js';
import { type Answer, type Conversation, Memory, type StatedUsage, type VendorDouble, type WantedCall } from './doubles/exchange.js';
import { callFor, lastWords, stepNames, traceOf } from './task.js';

/** A vendor that plays the script against one agent, and what came of it. */
export interface ScriptedVendor {
  readonly url: string;
  readonly memory: Memory;
  readonly requests: readonly RecordedRequest[];
  /** What the vendor had to refuse, and what it did not expect. */
  readonly complaints: readonly string[];
  /** How often each step of the script was answered; the last entry is the end of it. */
  readonly answered: readonly number[];
  /** Of every answer, those to requests beside the script included. */
  readonly usages: readonly StatedUsage[];
  readonly sawThinkingWanted: boolean;
  close(): Promise<void>;
}

/** Vendors that share a conversation, each of which has its turns and is overloaded in all others. */
export interface TurnTaking {
  readonly calls: Map<string, WantedCall>;
  readonly usages: StatedUsage[];
  readonly hasTurn: (step: number) => boolean;
}

const alone = (): TurnTaking => ({ calls: new Map(), usages: [], hasTurn: () => true });

export async function startScriptedVendor(double: VendorDouble, folder: string, turns: TurnTaking = alone()): Promise<ScriptedVendor> {
  const script = new Script(double, folder, turns);
  const server = await listenLocally((request, response) => {
    void readRequest(request)
      .then((recorded) => script.answer(recorded, response))
      .catch((error: unknown) => response.destroy(error as Error));
  });
  return Object.assign(script, { url: server.url, close: () => server.close() });
}

class Script {
  readonly memory: Memory;
  readonly requests: RecordedRequest[] = [];
  readonly complaints: string[] = [];
  readonly answered: number[] = [...stepNames, 'end'].map(() => 0);
  readonly usages: StatedUsage[];
  sawThinkingWanted = false;

  constructor(
    private readonly double: VendorDouble,
    private readonly folder: string,
    private readonly turns: TurnTaking,
  ) {
    this.memory = new Memory(turns.calls);
    this.usages = turns.usages;
  }

  answer(request: RecordedRequest, response: ServerResponse): void {
    this.requests.push(request);
    try {
      const next = this.next(request);
      if (next === undefined) this.double.refuse('It is not my turn.', 503, response);
      else this.double.write(next, request, this.memory, response);
    } catch (error) {
      if (!(error instanceof Complaint)) throw error;
      this.complaints.push(error.message);
      this.double.refuse(error.message, 400, response);
    }
  }

  private next(request: RecordedRequest): Answer | undefined {
    this.memory.sealsReturned.clear();
    const conversation = this.double.read(request, this.memory);
    const number = conversation.calls.length;
    if (!this.turns.hasTurn(number)) return undefined;
    const usage = this.nextUsage();
    // Agents ask for titles and the like on the side, without tools.
    if (conversation.tools.length === 0) return { text: 'Green notes', usage, number };
    this.checkCalls(conversation);
    this.answered[number] = (this.answered[number] ?? 0) + 1;
    if (conversation.wantsThinking) this.sawThinkingWanted = true;
    const thinking = conversation.wantsThinking ? { thinking: `Step ${number}: “think” about\nwhat comes next, ünïcode & all.` } : {};
    const step = stepNames[number];
    if (step === undefined) return { ...thinking, text: lastWords, usage, number };
    return { ...thinking, text: `I ${step} now.`, call: callFor(step, conversation.tools, this.folder), usage, number };
  }

  /** No two answers state the same. */
  private nextUsage(): StatedUsage {
    const nth = this.usages.length;
    const usage = { input: 12_345 + 101 * nth, cacheRead: 1_024 + 7 * nth, output: 222 + 13 * nth, reasoning: 33 + nth };
    this.usages.push(usage);
    return usage;
  }

  /** Every call so far is told as it was made, once, in order, with what the tool found. */
  private checkCalls({ calls }: Conversation): void {
    const made = [...this.memory.calls];
    demand(calls.length <= stepNames.length, `There are ${calls.length} calls in a script of ${stepNames.length}.`);
    calls.forEach((call, index) => {
      const [id, wanted] = made[index] ?? [];
      demand(id === call.id && wanted?.name === call.name, `Call ${index} is ${call.name} ${call.id} and was ${wanted?.name} ${id}.`);
      demand(isAsMade(call.input, wanted.input), `Call ${index} was altered: ${JSON.stringify(call.input)}`);
      const trace = traceOf[stepNames[index] ?? 'edit'];
      demand(trace.test(call.result), `The result of call ${index} does not tell ${String(trace)}: ${call.result.slice(0, 400)}`);
    });
  }
}

/** Agents may write down the defaults of parameters that were not given; plain text is an argument where all tools take JSON. */
function isAsMade(told: unknown, made: unknown): boolean {
  if (typeof made === 'string') return told === made || isDeepStrictEqual(told, { input: made });
  return typeof told === 'object' && isDeepStrictEqual({ ...told, ...(made as object) }, told);
}
