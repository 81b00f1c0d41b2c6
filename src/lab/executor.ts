import { fork } from 'node:child_process';
import { getCompileCacheDir } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { STOPS } from './command.ts';
import { isFinal } from './protocol.ts';
import type { Final, FromWorker, Job, Report, ToWorker } from './protocol.ts';

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
    env: { ...process.env, NODE_COMPILE_CACHE: getCompileCacheDir() },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on('line', (text) => report({ type: 'printed', text }));
  }
  const tell = (message: ToWorker): void => {
    if (child.connected) child.send(message, () => {});
  };
  const outcome = new Promise<Final>((resolve) => {
    child.on('message', (message: FromWorker) => {
      if (isFinal(message)) resolve(message);
      else report(message);
    });
    child.on('error', (error) => resolve({ type: 'failed', message: error.message }));
    child.on('exit', (code, signal) => {
      // It was told to stop before it could listen.
      if (signal !== null && STOPS.includes(signal)) resolve({ type: 'interrupted', saved: false });
      resolve({ type: 'failed', message: `its process ended (${signal ?? `exit ${code}`})` });
    });
  });
  tell({ type: 'start', job });
  return { outcome, stop: () => tell({ type: 'stop' }), kill: () => child.kill('SIGKILL') };
}
