import type { Preset, RuntimeRecord } from '../artifacts/artifact.ts';
import type { BackendName } from '../runtime/runtime.ts';
import type { Again, Agreement } from './again.ts';
import type { NodeResult, Progress } from './experiment.ts';
import type { LockEntry } from './lock.ts';

/** A finished input as a worker receives it: sha256 of each output; bytes come from the store. */
export type InputRecord = NodeResult['sha256'];

/** One node to run, in a process of its own. */
export interface Job {
  root: string;
  experiment: string;
  preset: Preset;
  node: string;
  backend?: BackendName | undefined;
  inputs: Record<string, InputRecord>;
  /** To compute parts of this recorded result again, in place of running the node. */
  again?: Again;
}

export type ToWorker = { type: 'start'; job: Job } | { type: 'stop' };

export type FromWorker =
  | { type: 'opened'; runtime: RuntimeRecord; reason: string }
  | { type: 'note'; text: string }
  | { type: 'printed'; text: string }
  | { type: 'progress'; progress: Progress }
  | { type: 'done'; entry: LockEntry; files: Record<string, string> }
  | { type: 'compared'; agreement: Agreement; entry: LockEntry; files: Record<string, string> }
  | { type: 'failed'; message: string }
  /** `saved` tells whether there is a checkpoint to go on from. */
  | { type: 'interrupted'; saved: boolean };

export type Final = Extract<FromWorker, { type: 'done' | 'compared' | 'failed' | 'interrupted' }>;
export type Report = Exclude<FromWorker, Final>;

const ENDS: readonly FromWorker['type'][] = ['done', 'compared', 'failed', 'interrupted'];

/** Whether a worker says no more after this. */
export const isFinal = (message: FromWorker): message is Final => ENDS.includes(message.type);
