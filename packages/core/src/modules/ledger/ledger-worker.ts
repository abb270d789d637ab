import { parentPort, workerData } from 'node:worker_threads';
import { failureMessageOf, type LedgerWorkerData, type LedgerWorkerReply, type LedgerWorkerRequest } from './ledger-thread.js';
import { SqliteLedgerStore } from './sqlite-ledger-store.js';

// The thread of the SQLite ledger: an fsync here never stops the event loop that serves callers.
const port = parentPort;
if (port === null) throw new Error('The ledger worker runs in a worker thread only.');

const store = new SqliteLedgerStore(workerData as LedgerWorkerData);

port.on('message', (request: LedgerWorkerRequest) => {
  switch (request.type) {
    case 'execute':
      port.postMessage(replyTo(request));
      return;
    case 'durability':
      store.setDurability(request.durability);
      return;
    case 'close':
      store.close();
      port.close();
  }
});

function replyTo({ operations }: Extract<LedgerWorkerRequest, { type: 'execute' }>): LedgerWorkerReply {
  try {
    return { outcomes: store.execute(operations) };
  } catch (error) {
    return { failure: failureMessageOf(error) };
  }
}
