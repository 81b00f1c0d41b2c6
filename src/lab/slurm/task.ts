/** One task of an array job, on a compute node: `task.ts <folder> <array>`; the index comes from Slurm. */
import process from 'node:process';
import type { FromWorker } from '../protocol.ts';
import { work } from '../work.ts';
import { jobOf, readTasks, writeOutcome } from './folder.ts';

const [folder = '', array = ''] = process.argv.slice(2);
const interruption = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.on(signal, () => interruption.abort(new Error('interrupted')));

const send = async (message: FromWorker): Promise<void> => {
  if (message.type === 'note') console.log(message.text);
  if (message.type === 'opened')
    console.log(`on ${message.runtime.backend}, ${message.runtime.adapter}: ${message.reason}`);
  if (message.type === 'progress') {
    const { step, steps, loss } = message.progress;
    console.log(`step ${step}/${steps}${loss === undefined ? '' : ` loss ${loss}`}`);
  }
};

const tasks = await readTasks(folder);
const index = tasks.arrays[Number(array)]?.[process.env['SLURM_ARRAY_TASK_ID'] ?? ''];
if (index === undefined) throw new Error(`slurm: expected a task in ${folder}, got none`);
const job = await jobOf(folder, tasks, index);
if (job) {
  const outcome = await work(job, { send, signal: interruption.signal });
  await writeOutcome(folder, index, outcome);
  process.exit(outcome.type === 'done' ? 0 : 1);
}
console.log('an input has no result; nothing to do');
process.exit(1);
