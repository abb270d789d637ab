/** The mock upstream, a process of its own: sockets without an HTTP server, so that it costs as little as Node allows. */
import { createServer } from 'node:net';
import { pacedIntervalMs } from './scenarios.mjs';
import { announce } from './child.mjs';
import { jsonAnswer, streamedAnswer } from './upstream-answers.mjs';

const json = jsonAnswer();
const paced = streamedAnswer('paced');
const burst = streamedAnswer('burst');
const wholeBurst = Buffer.concat([burst.head, ...burst.pieces, burst.end]);

/** By the first part of the path. */
const answers = {
  json: (socket) => socket.write(json),
  burst: (socket) => socket.write(wholeBurst),
  paced: answerPaced,
};

function answerPaced(socket) {
  let next = 0;
  socket.write(paced.head);
  const timer = setInterval(() => {
    if (socket.destroyed) return clearInterval(timer);
    const piece = paced.pieces[next];
    next += 1;
    if (next < paced.pieces.length) return socket.write(piece);
    clearInterval(timer);
    return socket.write(Buffer.concat([piece, paced.end]));
  }, pacedIntervalMs);
}

/** Reads one request after the other; of each, only the path and the length matter. */
function serve(socket) {
  let head = '';
  let bodyLeft = 0;
  let answer;
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes) => {
    let bodyBytes = bytes.length;
    if (bodyLeft === 0) {
      head += bytes.latin1Slice(0, Math.min(bytes.length, 8_192));
      const headEnd = head.indexOf('\r\n\r\n');
      if (headEnd < 0) return;
      const headBytesHere = headEnd + 4 - (head.length - Math.min(bytes.length, 8_192));
      answer = answers[head.slice(6, head.indexOf('/', 6))] ?? answers.json;
      bodyLeft = Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0);
      bodyBytes -= headBytesHere;
      head = '';
    }
    bodyLeft -= bodyBytes;
    if (bodyLeft <= 0) {
      bodyLeft = 0;
      answer(socket);
    }
  });
}

const server = createServer(serve);
server.listen(0, '127.0.0.1', 1_024, () => announce({ port: server.address().port }));
