import OpenAI from 'openai';
import type { Fixture } from '../../replay/fixtures.js';
import { type Client, type Observed, parsedArguments, type Place, question } from './client.js';

const request = {
  instructions: question.system,
  input: question.user,
  tools: [{ type: 'function' as const, ...question.tool, parameters: { ...question.tool.parameters }, strict: false }],
  max_output_tokens: question.outputTokensMax,
};

const stopWords = {
  end: ['completed'],
  tool: ['completed'],
  length: ['incomplete: max_output_tokens'],
  filter: ['incomplete: content_filter'],
};

/** Reads the events of a stream one by one. */
export function openaiResponsesClient(place: Place): Client {
  const openai = libraryAt(place);
  return {
    title: 'openai, responses',
    dialect: 'openai-responses',
    stopWords,
    async ask(model, stream) {
      if (!stream) return observed(await openai.responses.create({ ...request, model }));
      const items: OpenAI.Responses.ResponseOutputItem[] = [];
      let last: OpenAI.Responses.Response | undefined;
      for await (const event of await openai.responses.create({ ...request, model, stream: true })) {
        if (event.type === 'response.output_item.done') items.push(event.item);
        if (event.type === 'response.completed' || event.type === 'response.incomplete') last = event.response;
        if (event.type === 'response.failed' || event.type === 'error') throw new Error(`The stream failed: ${JSON.stringify(event)}`);
      }
      if (last === undefined) throw new Error('The stream ended without a final response.');
      return observed({ ...last, output: items });
    },
  };
}

/** Lets the library accumulate the stream, which refuses events out of order and items that were not announced. */
export function openaiResponsesStreamHelper(place: Place): Client {
  const openai = libraryAt(place);
  return {
    title: 'openai, responses, stream helper',
    dialect: 'openai-responses',
    stopWords,
    // Recorded streams of its own dialect leave out items that were cut from the recording.
    accepts: (fixture: Fixture) => fixture.stream && (fixture.dialect !== 'openai-responses' || fixture.tags.includes('hand-written')),
    async ask(model) {
      const events = openai.responses.stream({ ...request, model });
      return observed(await events.finalResponse());
    },
  };
}

function libraryAt({ url, key }: Place): OpenAI {
  return new OpenAI({ apiKey: key, baseURL: `${url}/v1`, maxRetries: 0 });
}

function observed(response: Pick<OpenAI.Responses.Response, 'output' | 'status' | 'incomplete_details' | 'usage'>): Observed {
  const reason = response.incomplete_details?.reason;
  return {
    text: response.output
      .flatMap((item) => (item.type === 'message' ? item.content : []))
      .map((part) => (part.type === 'output_text' ? part.text : part.refusal))
      .join(''),
    thinking: response.output
      .flatMap((item) => (item.type === 'reasoning' ? item.summary : []))
      .map(({ text }) => text)
      .join(''),
    toolCalls: response.output.flatMap((item) => {
      if (item.type === 'function_call') return [{ name: item.name, arguments: parsedArguments(item.arguments) }];
      return item.type === 'custom_tool_call' ? [{ name: item.name, arguments: item.input }] : [];
    }),
    stop: reason === undefined ? response.status : `${response.status}: ${reason}`,
    usage: response.usage && {
      input: response.usage.input_tokens,
      cacheRead: response.usage.input_tokens_details?.cached_tokens ?? 0,
      output: response.usage.output_tokens,
    },
  };
}
