/** The mock upstream, a process of its own: sockets without an HTTP server, so that it costs as little as Node allows. */
import { createServer } from 'node:net';
import { floodBytes, pacedIntervalMs, slowIntervalMs } from './scenarios.mjs';
import { announce } from './child.mjs';
import { pairAnswers } from './pair-answers.mjs';
import { httpChunk, jsonAnswer, streamedAnswer, streamHead } from './upstream-answers.mjs';

const json = jsonAnswer();
const paced = streamedAnswer('paced');
const burst = streamedAnswer('burst');
const wholeBurst = Buffer.concat([burst.head, ...burst.pieces, burst.end]);

const flood = Buffer.concat(Array.from({ length: floodBytes / wholeBurst.length }, () => Buffer.concat(burst.pieces)));
const wholePairs = pairAnswers(streamHead, httpChunk);
let openStreams = 0;

/** By the first part of the path. */
const answers = {
  json: (socket) => socket.write(json),
  burst: (socket) => socket.write(wholeBurst),
  paced: (socket) => answerPaced(socket, pacedIntervalMs),
  slow: (socket) => answerPaced(socket, slowIntervalMs),
  flood: answerFlood,
  ...Object.fromEntries(Object.entries(wholePairs).map(([name, bytes]) => [name, (socket) => socket.write(bytes)])),
};

function answerPaced(socket, intervalMs) {
  let next = 0;
  socket.write(paced.head);
  countWhileOpen(socket);
  const timer = setInterval(() => {
    if (socket.destroyed) return clearInterval(timer);
    const piece = paced.pieces[next];
    next += 1;
    if (next < paced.pieces.length) return socket.write(piece);
    clearInterval(timer);
    socket.emit('answered');
    return socket.write(Buffer.concat([piece, paced.end]));
  }, intervalMs);
}

/** As much as the reader takes, and no more. */
function answerFlood(socket) {
  socket.write(burst.head);
  countWhileOpen(socket);
  socket.write(flood);
}

function countWhileOpen(socket) {
  openStreams += 1;
  const ended = () => {
    openStreams -= 1;
    socket.off('close', ended);
    socket.off('answered', ended);
  };
  socket.once('close', ended);
  socket.once('answered', ended);
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

process.on('message', () => process.send({ openStreams }));
const server = createServer(serve);
server.listen(0, '127.0.0.1', 1_024, () => announce({ port: server.address().port }));
