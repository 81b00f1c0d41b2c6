import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { FromWorker, Job, ToWorker } from './protocol.ts';

type Final = Extract<FromWorker, { type: 'done' | 'failed' | 'interrupted' }>;
type Report = Exclude<FromWorker, Final>;

/** A node under way in a process of its own. */
export interface Execution {
  outcome: Promise<Final>;
  /** Asks for a checkpoint and an end. */
  stop(): void;
  kill(): void;
}

export function execute(job: Job, report: (message: Report) => void): Execution {
  const child = fork(join(import.meta.dirname, 'worker.ts'), [], {
    cwd: job.root,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const tell = (message: ToWorker): void => {
    if (child.connected) child.send(message, () => {});
  };
  const outcome = new Promise<Final>((resolve) => {
    child.on('message', (message: FromWorker) => {
      if (message.type === 'done' || message.type === 'failed' || message.type === 'interrupted') {
        resolve(message);
      } else report(message);
    });
    child.on('error', (error) => resolve({ type: 'failed', message: error.message }));
    child.on('exit', (code, signal) => {
      resolve({ type: 'failed', message: `its process ended (${signal ?? `exit ${code}`})` });
    });
  });
  tell({ type: 'start', job });
  return { outcome, stop: () => tell({ type: 'stop' }), kill: () => child.kill('SIGKILL') };
}
