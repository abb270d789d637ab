import { connect } from 'node:net';

const chunkedEnd = Buffer.from('0\r\n\r\n');
const crlf2 = '\r\n\r\n';
const okStatus = Buffer.from('HTTP/1.1 200 ');

/** One connection of the load generator: sends prepared bytes, notices the end of each answer, and looks at nothing that it need not. */
export class LoadConnection {
  #socket;
  #answered = () => undefined;
  #failed = () => undefined;
  /** Bytes of a body of known length that are still to come; undefined while a head is awaited, -1 in a chunked body. */
  #left;
  #head = Buffer.alloc(0);
  #previous = Buffer.alloc(0);
  #endMark = '';

  static open(port) {
    return new Promise((resolve, reject) => {
      const connection = new LoadConnection(connect(port, '127.0.0.1', () => resolve(connection)));
      connection.#failed = reject;
    });
  }

  constructor(socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (bytes) => this.#take(bytes));
    socket.on('error', (error) => this.#failed(error));
    socket.on('close', () => this.#failed(new Error('The connection was closed before the answer had ended.')));
  }

  /** Calls `answered` when the answer has ended as it should: with status 200 and, in a stream, with the mark near its end. */
  send(request, endMark, answered, failed) {
    this.#answered = answered;
    this.#failed = failed;
    this.#endMark = endMark;
    this.#socket.write(request);
  }

  close() {
    this.#failed = () => undefined;
    this.#socket.destroy();
  }

  #take(bytes) {
    if (this.#left === undefined) this.#takeHead(bytes);
    else this.#takeBody(bytes);
  }

  #takeHead(bytes) {
    const all = this.#head.length === 0 ? bytes : Buffer.concat([this.#head, bytes]);
    const headEnd = all.indexOf(crlf2);
    if (headEnd < 0) {
      this.#head = all;
      return;
    }
    this.#head = Buffer.alloc(0);
    if (all.compare(okStatus, 0, okStatus.length, 0, okStatus.length) !== 0) {
      this.#failed(new Error(`An answer was not 200: ${all.toString('latin1', 0, 600)}`));
      return;
    }
    const length = /\r\ncontent-length: *(\d+)/i.exec(all.latin1Slice(0, headEnd));
    this.#left = length === null ? -1 : Number(length[1]);
    this.#previous = Buffer.alloc(0);
    const body = all.subarray(headEnd + crlf2.length);
    if (body.length > 0) this.#takeBody(body);
  }

  #takeBody(bytes) {
    if (this.#left < 0) this.#takeChunked(bytes);
    else {
      this.#left -= bytes.length;
      if (this.#left === 0) this.#end();
    }
  }

  #takeChunked(bytes) {
    const tail = bytes.length >= 512 ? bytes : Buffer.concat([this.#previous, bytes]).subarray(-1_024);
    this.#previous = tail;
    if (tail.compare(chunkedEnd, 0, chunkedEnd.length, tail.length - chunkedEnd.length) !== 0) return;
    if (this.#endMark !== '' && !tail.includes(this.#endMark)) this.#failed(new Error(`A stream ended without "${this.#endMark}".`));
    else this.#end();
  }

  #end() {
    this.#left = undefined;
    this.#answered();
  }
}
