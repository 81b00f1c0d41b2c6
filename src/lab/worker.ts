/** A node's own process on this host: told what to do by its parent, to which it reports. */
import process from 'node:process';
import { surviveLostReaders } from './output.ts';
import type { FromWorker, ToWorker } from './protocol.ts';
import { work } from './work.ts';

const interruption = new AbortController();
const interrupt = (): void => interruption.abort(new Error('interrupted'));

/** Without a parent there is nobody to report to: time to save a checkpoint. */
const send = (message: FromWorker): Promise<void> =>
  new Promise((resolve) => {
    process.send?.(message, undefined, undefined, (error) => {
      if (error) interrupt();
      resolve();
    });
  });

surviveLostReaders();
// Ctrl-C reaches the whole group: the parent decides what it means.
process.on('SIGINT', () => {});
process.on('SIGTERM', interrupt).on('SIGHUP', interrupt);
process.on('disconnect', interrupt);
process.on('message', (message: ToWorker) => {
  if (message.type === 'stop') interrupt();
  else
    void work(message.job, { send, signal: interruption.signal })
      .then(send)
      .then(() => process.exit(0));
});
