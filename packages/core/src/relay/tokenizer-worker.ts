import { parentPort } from 'node:worker_threads';
import { type CountRequest, replyTo } from './tokenizer-thread.js';

// The thread of the tokenizers: a megabyte takes them a second, which no caller shall wait for.
const port = parentPort;
if (port === null) throw new Error('The tokenizer worker runs in a worker thread only.');

let before: Promise<void> = Promise.resolve();

port.on('message', (request: CountRequest) => {
  before = before.then(async () => port.postMessage(await replyTo(request)));
});
