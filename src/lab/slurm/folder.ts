import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfThere, writeAtomic } from '../files.ts';
import type { Final, InputRecord, Job } from '../protocol.ts';

/** An input that is recorded already, or the task that makes it. */
export type TaskInput = { record: InputRecord } | { task: number };

interface Task extends Omit<Job, 'inputs'> {
  inputs: Record<string, TaskInput>;
}

/** What a run leaves in a folder for its jobs. */
export interface Tasks {
  tasks: Task[];
  /** Of each array job: the number of the task at an index. */
  arrays: Record<string, number>[];
}

const TASKS = 'tasks.json';
const outcomePath = (folder: string, task: number): string => join(folder, `${task}.json`);

export const writeTasks = (folder: string, tasks: Tasks): Promise<void> =>
  writeAtomic(join(folder, TASKS), JSON.stringify(tasks));

export const readTasks = async (folder: string): Promise<Tasks> =>
  JSON.parse(await readFile(join(folder, TASKS), 'utf8')) as Tasks;

export const writeOutcome = (folder: string, task: number, outcome: Final): Promise<void> =>
  writeAtomic(outcomePath(folder, task), JSON.stringify(outcome));

/** What a task ended with; undefined while it has not, or where it was killed. */
export async function readOutcome(folder: string, task: number): Promise<Final | undefined> {
  const file = await readIfThere(outcomePath(folder, task));
  return file && (JSON.parse(file.toString('utf8')) as Final);
}

/** A task with its inputs as they came out; undefined where one has no result. */
export async function jobOf(
  folder: string,
  { tasks }: Tasks,
  index: number,
): Promise<Job | undefined> {
  const task = tasks[index];
  if (!task) throw new Error(`slurm: expected task ${index} in ${folder}, got none; submit again`);
  const inputs: Record<string, InputRecord> = {};
  for (const [name, input] of Object.entries(task.inputs)) {
    const record = 'record' in input ? input.record : await madeBy(folder, input);
    if (!record) return undefined;
    inputs[name] = record;
  }
  return { ...task, inputs };
}

async function madeBy(
  folder: string,
  { task }: { task: number },
): Promise<InputRecord | undefined> {
  const outcome = await readOutcome(folder, task);
  return outcome?.type === 'done' ? outcome.entry.outputs : undefined;
}
