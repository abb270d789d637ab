/** What it takes to translate the large request of an agent: parse, decode, encode, write, in this very process. */
import { claudeMessages } from '@tollgate/adapter-claude';
import { geminiDialect } from '@tollgate/adapter-gemini';
import { openaiChat, openaiResponses } from '@tollgate/adapter-openai';
import { median } from './statistics.mjs';

const dialects = [openaiChat, openaiResponses, claudeMessages, geminiDialect];
const requestBytes = 1_048_576;
const runs = 15;
const mostMs = 25;
const model = 'some-model';
const source = 'export function add(one: number, other: number): number {\n  return one + other; // "sum"\n}\n';

/** Milliseconds of CPU for each pair, median over some runs. */
export function measureConversions() {
  const request = agentRequest();
  return dialects.flatMap((from) => {
    const text = JSON.stringify(from.upstream.encodeRequest(request, context()));
    return dialects.filter((to) => to !== from).map((to) => conversionOf(text, from, to));
  });
}

function conversionOf(text, from, to) {
  const timesMs = Array.from({ length: runs + 3 }, () => {
    const before = process.cpuUsage();
    convert(text, from, to);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  });
  const value = median(timesMs.slice(3));
  return { title: `1 MB agent request, ${from.id} → ${to.id}`, value, unit: 'ms', atMost: mostMs, met: value <= mostMs };
}

function convert(text, from, to) {
  const body = JSON.parse(text);
  const target = { route: from.client.routes[0] ?? { path: '' }, pathModel: model, query: new URLSearchParams() };
  const request = from.client.decodeRequest(body, from.client.inspect(body, target), context());
  return JSON.stringify(to.upstream.encodeRequest({ ...request, model }, context()));
}

function context() {
  let ids = 0;
  return { lose: () => undefined, newId: (prefix) => `${prefix}${(ids += 1)}`, now: () => 0, model: { id: model } };
}

/** Instructions, thirty tools, and a long loop of reading files. */
function agentRequest() {
  const tools = Array.from({ length: 30 }, (_, index) => ({
    name: `tool_${index}`,
    description: 'Does one thing to a file and says what came of it. '.repeat(8),
    parameters: { type: 'object', properties: { path: { type: 'string' }, lines: { type: 'array', items: { type: 'integer' } } } },
  }));
  const turns = [
    { role: 'system', blocks: [{ type: 'text', text: 'You are careful with other people’s code. '.repeat(400) }] },
    { role: 'user', blocks: [{ type: 'text', text: 'Mend the sums.' }] },
  ];
  const content = source.repeat(100);
  for (let bytes = 0, index = 0; bytes < requestBytes; bytes += content.length + 200, index += 1) {
    const id = `call_${index}`;
    const name = `tool_${index % 30}`;
    turns.push({
      role: 'assistant',
      blocks: [{ type: 'tool-call', id, name, arguments: `{"path":"src/file-${index}.ts","lines":[1,2,3]}` }],
    });
    turns.push({ role: 'user', blocks: [{ type: 'tool-result', callId: id, name, content: [{ type: 'text', text: content }] }] });
  }
  return { model, stream: true, turns, tools, outputTokensMax: 8_000 };
}
