/**
 * The baseline, a process of its own: the least that a proxy in Node can do with a real HTTP parser on both sides. It reads the request
 * whole, sends it on with undici, and passes status, headers and every piece of the answer back.
 */
import { createServer } from 'node:http';
import { Pool } from 'undici';
import { announce, tellCollections } from './child.mjs';

const pool = new Pool(`http://127.0.0.1:${process.env.UPSTREAM_PORT}`, { connections: null, pipelining: 1 });

class PassBack {
  constructor(response) {
    this.response = response;
    this.controller = undefined;
    response.on('close', () => {
      if (!response.writableFinished) this.controller?.abort(new Error('The client left.'));
    });
  }

  onRequestStart(controller) {
    this.controller = controller;
  }

  onResponseStart(_controller, status, headers) {
    const { connection: _, 'keep-alive': __, 'transfer-encoding': ___, ...passed } = headers;
    this.response.writeHead(status, passed);
  }

  onResponseData(controller, chunk) {
    if (this.response.write(chunk)) return;
    controller.pause();
    this.response.once('drain', () => controller.resume());
  }

  onResponseEnd() {
    this.response.end();
  }

  onResponseError() {
    this.response.destroy();
  }
}

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
    const { authorization, 'content-type': type } = request.headers;
    const headers = ['authorization', authorization, 'content-type', type];
    pool.dispatch({ method: request.method, path: request.url, headers, body }, new PassBack(response));
  });
});
server.keepAliveTimeout = 75_000;
tellCollections();
server.listen(0, '127.0.0.1', 1_024, () => announce({ port: server.address().port }));
