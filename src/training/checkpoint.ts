import type { ParameterValues } from '../models/model.ts';
import { decode, encode } from '../numerics/safetensors.ts';
import type { AdamState } from './adam.ts';

export interface LossHistory {
  step: number[];
  /** Mean loss since the entry before, in the objective's unit. */
  value: number[];
}

/** A training between two steps. */
export interface TrainingState {
  /** Steps done. */
  step: number;
  /** Loss summed since the last entry of the history, as the device has it. */
  lossSum: number;
  history: LossHistory;
  adam: AdamState;
}

const PARTS = ['parameters', 'm', 'v'] as const;
const NEWLINE = '\n'.charCodeAt(0);

/** One line of JSON (step, losses), then the tensors `parameters/…`, `m/…`, `v/…` as safetensors. */
export function encodeTraining({ adam, ...rest }: TrainingState): Uint8Array {
  const line = new TextEncoder().encode(`${JSON.stringify(rest)}\n`);
  const tensors: ParameterValues = {};
  for (const part of PARTS) {
    for (const [name, value] of Object.entries(adam[part] ?? {}))
      tensors[`${part}/${name}`] = value;
  }
  const body = encode(tensors);
  const bytes = new Uint8Array(line.length + body.length);
  bytes.set(line);
  bytes.set(body, line.length);
  return bytes;
}

/**
 * @param where names the file in errors
 * @throws Error where the bytes are not those of `encodeTraining`
 */
export function decodeTraining(bytes: Uint8Array, where = 'training state'): TrainingState {
  try {
    const end = bytes.indexOf(NEWLINE);
    const rest = lineOf(new TextDecoder().decode(bytes.subarray(0, Math.max(end, 0))));
    return { ...rest, adam: adamOf(decode(bytes.subarray(end + 1))) };
  } catch (error) {
    const message = `${where}: expected the state of a training, got ${String(error)}; start over without it`;
    throw new Error(message, { cause: error });
  }
}

const isSteps = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;

const areNumbers = (values: unknown): values is number[] =>
  Array.isArray(values) && values.every((value) => typeof value === 'number');

function lineOf(line: string): Omit<TrainingState, 'adam'> {
  const { step, lossSum, history } = JSON.parse(line) as Partial<TrainingState>;
  const steps: unknown = history?.step;
  const losses: unknown = history?.value;
  if (!isSteps(step) || typeof lossSum !== 'number') throw new Error('no step with its loss');
  if (!areNumbers(steps) || !areNumbers(losses) || steps.length !== losses.length)
    throw new Error('losses without their steps');
  return { step, lossSum, history: { step: steps, value: losses } };
}

/** Both moments have the names and shapes of the parameters, or there is none yet. */
function adamOf(tensors: ParameterValues): AdamState {
  const adam: Required<AdamState> = { parameters: {}, m: {}, v: {} };
  for (const [path, value] of Object.entries(tensors)) {
    const part = PARTS.find((name) => path.startsWith(`${name}/`));
    if (part === undefined) throw new Error(`a tensor ${path}`);
    adam[part][path.slice(part.length + 1)] = value;
  }
  const shapes = (values: ParameterValues): string =>
    JSON.stringify(Object.entries(values).map(([name, { shape }]) => [name, shape]));
  for (const part of [adam.m, adam.v]) {
    const begun = Object.keys(part).length > 0;
    if (begun && shapes(part) !== shapes(adam.parameters))
      throw new Error('moments of other shapes');
  }
  return adam;
}
