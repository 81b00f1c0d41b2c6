import type { LearningCurves } from '../artifacts/learning-curves.ts';
import type { BackendName, RuntimeRecord } from '../runtime/runtime.ts';

/** What a reader asks the worker to evaluate. */
export interface LiveRequest {
  /** Absolute address of the artifact; weights lie beside its folder. */
  artifactUrl: string;
  /** Key of the results that the page shows; left out, any. */
  artifactKey?: string;
  method: string;
  seed: number;
  /** `batch`: the first batch of the published prompts; `all`: every one of them. */
  extent: 'batch' | 'all';
  /** Distributions to evaluate, by the names of the artifact. */
  evaluations: string[];
  /** Longest context to evaluate; left out, all of them. */
  maxK?: number;
  /** Backend to insist on; left out, the best one that is here. */
  backend?: BackendName;
}

/** A mean learning curve over the prompts evaluated so far, squared error / d at each k. */
export interface LiveCurve {
  evaluation: string;
  prompts: number;
  k: number[];
  mean: number[];
}

export interface LiveDevice {
  runtime: RuntimeRecord;
  /** Why this backend was taken. */
  reason: string;
}

export interface LiveResult {
  request: LiveRequest;
  device: LiveDevice;
  artifact: { id: string; preset: string; key: string; commit: string };
  weightsSha256: string;
  promptSeed: LearningCurves['promptSeed'];
  startedAt: string;
  seconds: number;
  curves: LiveCurve[];
  /** Published means over the very same prompts, in the order of `curves`. */
  published: LiveCurve[];
}

/** What every kind of run reports. */
export type CommonEvent =
  | { type: 'stage'; text: string }
  | { type: 'device'; device: LiveDevice }
  | { type: 'failed'; message: string };

export type LiveEvent =
  | CommonEvent
  | { type: 'progress'; done: number; total: number; curve: LiveCurve; d: number }
  | { type: 'done'; result: LiveResult };

/** A training that a reader repeats. */
export interface TrainRequest {
  /** Absolute address of the artifact. */
  artifactUrl: string;
  /** Key of the results that the page shows; left out, any. */
  artifactKey?: string;
  method: string;
  seed: number;
  /** Steps after which to stop. */
  steps: number;
  /** Backend to insist on; left out, the best one that is here. */
  backend?: BackendName;
}

export type TrainEvent =
  | CommonEvent
  | {
      type: 'step';
      step: number;
      /** Steps that this run takes. */
      until: number;
      /** Since the run began. */
      seconds: number;
      /** Where the published history has an entry: loss / d of this run and of the published one. */
      loss?: { here: number; there: number };
    }
  | { type: 'trained'; seconds: number };

/** A line along which a reader asks published models. */
export interface LineRequest {
  /** Absolute address of the artifact whose models are asked. */
  artifactUrl: string;
  /** Key of the results that the page shows; left out, any. */
  artifactKey?: string;
  models: { method: string; seed: number }[];
  /** Of the prompt: its inputs, the line and, unless another is given, the slope of its function. */
  promptSeed: number;
  /** Slope of the function along the line. */
  slope?: number;
  /** Numbers of examples. */
  k: number[];
  /** Places on the line, in multiples of the query's. */
  places: number[];
  /** Backend to insist on; left out, the best one that is here. */
  backend?: BackendName;
}

export type LineEvent =
  | CommonEvent
  | {
      type: 'lines';
      slope: number;
      places: number[];
      /** Predictions at the places, in the unit of the line's query. */
      lines: { method: string; k: number; y: number[] }[];
      /** Of the answer, once device and models are open. */
      seconds: number;
    };
