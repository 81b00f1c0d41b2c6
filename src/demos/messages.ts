import type { Preset } from '../artifacts/artifact.ts';
import type { Verdict } from '../lab/portable/compare.ts';
import type { BackendName, RuntimeRecord } from '../runtime/runtime.ts';
import type { Step } from './offer.ts';

/** Nodes that a reader runs, one after the other: what one makes is an input of those after it. */
export interface Job {
  experiment: string;
  preset: Preset;
  /** Absolute address of the site. */
  site: string;
  /** Key of the first node's recorded result that the page shows, or its beginning. */
  key: string;
  steps: Step[];
  /** Backend to insist on; left out, the best one that is here. */
  backend?: BackendName;
}

export type ToWorker =
  | { type: 'run'; job: Job }
  /** At the reader's wish: where it can, at a state that outlives the page. */
  | { type: 'pause' }
  /** While nobody looks. */
  | { type: 'hold' }
  | { type: 'release' };

/** What a node made here, and what the record says. */
export interface Made {
  node: string;
  seconds: number;
  /** The text of the outputs that are JSON. */
  files: Record<string, string>;
  /** The recorded ones of the same work; left out where there are none. */
  recorded?: Record<string, string>;
  verdict?: Verdict;
  /** For others to check; left out where there is no verdict. */
  receipt?: string;
}

export type FromWorker =
  | { type: 'stage'; text: string }
  | { type: 'device'; runtime: RuntimeRecord; reason: string }
  /** `loss` where the node has one; `seconds` since the node began, with what came before a pause. */
  | { type: 'progress'; node: string; step: number; steps: number; loss?: number; seconds: number }
  | { type: 'recorded'; node: string; files: Record<string, string> }
  | { type: 'made'; made: Made }
  | { type: 'done' }
  /** Stopped at the reader's wish; `saved` at a state to go on from, else where it was. */
  | { type: 'paused'; saved: boolean }
  /** The device is gone; what was saved is not. */
  | { type: 'lost'; message: string }
  | { type: 'failed'; message: string };
