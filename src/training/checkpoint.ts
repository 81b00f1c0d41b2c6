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

export function decodeTraining(bytes: Uint8Array): TrainingState {
  const end = bytes.indexOf(NEWLINE);
  const line = new TextDecoder().decode(bytes.subarray(0, end));
  const rest = JSON.parse(line) as Omit<TrainingState, 'adam'>;
  const adam: Required<AdamState> = { parameters: {}, m: {}, v: {} };
  for (const [path, value] of Object.entries(decode(bytes.subarray(end + 1)))) {
    const slash = path.indexOf('/');
    adam[path.slice(0, slash) as keyof AdamState][path.slice(slash + 1)] = value;
  }
  return { ...rest, adam };
}
