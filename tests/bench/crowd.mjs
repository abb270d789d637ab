/** Many clients at once, a process of their own: opens streams, reads them or does not, leaves all of them when told to. */
import { connect } from 'node:net';
import { announce } from './child.mjs';
import { httpRequest, requestBody, streamPlaces } from './request-bodies.mjs';

const chunkedEnd = '0\r\n\r\n';
const place = streamPlaces['openai-chat'];
let sockets = [];

function requestFor({ key, model }) {
  return httpRequest(place.path(), [`authorization: Bearer ${key}`], requestBody('openai-chat', model, 2_048, true));
}

/** Opens a stream and says when its first byte came, and whether it ended as it should. */
function openStream(port, request) {
  const startedAt = performance.now();
  const socket = connect(port, '127.0.0.1', () => socket.write(request));
  sockets.push(socket);
  const first = new Promise((resolve) => {
    socket.once('data', () => resolve(performance.now() - startedAt));
    socket.once('close', () => resolve(undefined));
  });
  const ended = new Promise((resolve) => {
    socket.on('data', (bytes) => {
      if (bytes.subarray(-chunkedEnd.length).toString('latin1') === chunkedEnd) resolve(true);
    });
    socket.once('close', () => resolve(false));
  });
  socket.on('error', () => undefined);
  return { first, ended };
}

async function read({ port, count, rampMs, ...rest }) {
  const request = requestFor(rest);
  const streams = [];
  for (let index = 0; index < count; index += 1) {
    streams.push(openStream(port, request));
    if (index % 20 === 19) await new Promise((resolve) => setTimeout(resolve, (rampMs * 20) / count));
  }
  const firstBytesMs = await Promise.all(streams.map(({ first }) => first));
  return { streams, firstBytesMs };
}

const deeds = {
  /** Opens streams and waits for the first byte of each. */
  async open(job) {
    const { firstBytesMs } = await read(job);
    return { firstBytesMs };
  },
  /** Opens streams and reads them to their end. */
  async readAll(job) {
    const { streams, firstBytesMs } = await read(job);
    const ends = await Promise.all(streams.map(({ ended }) => ended));
    deeds.leave();
    return { firstBytesMs, errors: ends.filter((isWhole) => !isWhole).length };
  },
  /** Opens streams and reads nothing of them. */
  async ignore({ port, count, ...rest }) {
    const request = requestFor(rest);
    for (let index = 0; index < count; index += 1) {
      const socket = connect(port, '127.0.0.1', () => socket.write(request));
      socket.on('error', () => undefined);
      socket.pause();
      sockets.push(socket);
    }
    return {};
  },
  /** Opens streams and leaves them after a moment, again and again. */
  async storm({ port, count, times, stayMs, ...rest }) {
    const request = requestFor(rest);
    for (let time = 0; time < times; time += 1) {
      for (let index = 0; index < count; index += 1) openStream(port, request);
      await new Promise((resolve) => setTimeout(resolve, stayMs));
      deeds.leave();
    }
    return {};
  },
  leave() {
    for (const socket of sockets) socket.destroy();
    sockets = [];
    return {};
  },
};

process.on('message', ({ deed, ...job }) => void Promise.resolve(deeds[deed](job)).then((result) => process.send(result)));
announce({});
