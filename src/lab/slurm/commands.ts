import { execFile } from 'node:child_process';
import process from 'node:process';
import { promisify } from 'node:util';
import type { Resources } from '../experiment.ts';

/** Seconds before its time limit at which a job is told to save a checkpoint. */
const NOTICE = 60;

async function slurm(command: string, args: string[], input?: string): Promise<string> {
  const running = promisify(execFile)(command, args);
  if (input !== undefined) running.child.stdin?.end(input);
  try {
    return (await running).stdout.trim();
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    if (code === 'ENOENT') {
      throw new Error(
        `slurm: expected the command ${command}, got none; run this where Slurm's jobs are submitted, ` +
          'or leave out --executor slurm',
        { cause: error },
      );
    }
    throw new Error(`slurm: ${command} failed: ${stderr?.trim() || String(error)}`, {
      cause: error,
    });
  }
}

export interface Submission {
  name: string;
  root: string;
  indices: number[];
  resources: Resources;
  /** Such as `afterany:12:13`. */
  dependency: string | undefined;
  /** Path of a log; `%a` stands for the index. */
  log: string;
  /** Program and arguments of each task. */
  command: string[];
}

/** @returns the id of the array job */
export async function submit(submission: Submission): Promise<string> {
  const { name, root, indices, dependency, log, command } = submission;
  const quoted = command.map((part) => `'${part.replaceAll("'", String.raw`'\''`)}'`).join(' ');
  const args = [
    '--parsable',
    '--requeue',
    '--kill-on-invalid-dep=yes',
    `--job-name=${name}`,
    `--chdir=${root}`,
    `--output=${log}`,
    '--open-mode=append',
    `--signal=B:TERM@${NOTICE}`,
    `--array=${indices.join(',')}`,
    ...(dependency === undefined ? [] : [`--dependency=${dependency}`]),
    ...resourceOptions(submission.resources),
  ];
  const answer = await slurm('sbatch', args, `#!/bin/sh\nexec ${quoted}\n`);
  return answer.split(';')[0] ?? '';
}

export function resourceOptions({ gpus, cpus, memoryGb, minutes }: Resources): string[] {
  return [
    ...(gpus === undefined ? [] : [`--gres=gpu:${gpus}`]),
    ...(cpus === undefined ? [] : [`--cpus-per-task=${cpus}`]),
    ...(memoryGb === undefined ? [] : [`--mem=${memoryGb}G`]),
    ...(minutes === undefined ? [] : [`--time=${minutes}`]),
  ];
}

/** State of each task that Slurm still holds, by `<job>_<index>`: `PENDING`, `RUNNING`, … */
export async function queued(name: string): Promise<Map<string, string>> {
  const user = String(process.getuid?.());
  const format = ['--noheader', '--array', '--format=%F_%K %T'];
  const list = await slurm('squeue', [`--name=${name}`, `--user=${user}`, ...format]);
  const lines = list.split('\n').filter((line) => line !== '');
  return new Map(lines.map((line) => line.split(' ') as [string, string]));
}

/** Ends waiting jobs, and tells running ones to save a checkpoint. */
export async function stopAll(name: string): Promise<void> {
  await slurm('scancel', [`--name=${name}`, '--state=PENDING']);
  await slurm('scancel', [`--name=${name}`, '--signal=TERM', '--full']);
}

export const killAll = async (name: string): Promise<void> => {
  await slurm('scancel', [`--name=${name}`]);
};
