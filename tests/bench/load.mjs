import { startChild } from './child.mjs';

/** The load generator as the main process sees it. */
export async function startLoad() {
  const { child } = await startChild('load-generator.mjs');
  return {
    child,
    /** Runs a job; `warm` is called between warming up and measuring. */
    run: (job, warm) =>
      new Promise((resolve, reject) => {
        const finish = (settle, value) => {
          child.off('message', hear);
          child.off('exit', left);
          settle(value);
        };
        const left = () => finish(reject, new Error('The load generator ended.'));
        const hear = (message) => {
          if (message.type === 'done') finish(resolve, message);
          else if (message.type === 'failed') finish(reject, new Error(message.message));
          else {
            warm();
            child.send({ type: 'go' });
          }
        };
        child.on('message', hear);
        child.once('exit', left);
        child.send({ type: 'job', job });
      }),
  };
}
