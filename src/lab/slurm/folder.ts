import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { presets } from '../../artifacts/artifact.ts';
import { parseJson } from '../../artifacts/json.ts';
import { hashes, recordedResult } from '../../artifacts/records.ts';
import { BACKEND_NAMES } from '../../runtime/runtime.ts';
import { readIfThere, writeAtomic } from '../files.ts';
import type { Final, InputRecord, Job } from '../protocol.ts';

const number = z.int().nonnegative();

/** An input that is recorded already, or the task that makes it. */
const taskInput = z.union([z.strictObject({ record: hashes }), z.strictObject({ task: number })]);
export type TaskInput = z.infer<typeof taskInput>;

const tasks = z.strictObject({
  tasks: z.array(
    z.strictObject({
      root: z.string(),
      experiment: z.string(),
      preset: z.enum(presets),
      node: z.string(),
      backend: z.enum(BACKEND_NAMES).optional(),
      inputs: z.record(z.string(), taskInput),
    }),
  ),
  /** Of each array job: the number of the task at an index. */
  arrays: z.array(z.record(z.string(), number)),
});
/** What a run leaves in a folder for its jobs. */
export type Tasks = z.infer<typeof tasks>;

const ending = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('done'),
    entry: recordedResult,
    files: z.record(z.string(), z.string()),
  }),
  z.strictObject({ type: z.literal('failed'), message: z.string() }),
  z.strictObject({ type: z.literal('interrupted'), saved: z.boolean() }),
]);

const REMEDY = 'give the command again';

const TASKS = 'tasks.json';
const outcomePath = (folder: string, task: number): string => join(folder, `${task}.json`);

export const writeTasks = (folder: string, tasks: Tasks): Promise<void> =>
  writeAtomic(join(folder, TASKS), JSON.stringify(tasks));

export async function readTasks(folder: string): Promise<Tasks> {
  const path = join(folder, TASKS);
  const about = { path, expected: 'tasks of a run', remedy: REMEDY };
  return parseJson(await readFile(path, 'utf8'), tasks, about);
}

export const writeOutcome = (folder: string, task: number, outcome: Final): Promise<void> =>
  writeAtomic(outcomePath(folder, task), JSON.stringify(outcome));

/** What a task ended with; undefined while it has not, or where it was killed. */
export async function readOutcome(folder: string, task: number): Promise<Final | undefined> {
  const path = outcomePath(folder, task);
  const file = await readIfThere(path);
  const about = { path, expected: 'what a task ended with', remedy: REMEDY };
  return file && parseJson(file.toString('utf8'), ending, about);
}

/** A task with its inputs as they came out; undefined where one has no result. */
export async function jobOf(
  folder: string,
  { tasks: all }: Tasks,
  index: number,
): Promise<Job | undefined> {
  const task = all[index];
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
