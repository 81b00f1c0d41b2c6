import { formatBytes, formatDuration, formatError, formatInteger } from '../components/format.ts';
import { RENEWED } from '../components/client/renewed.ts';
import type { Verdict } from '../lab/portable/compare.ts';
import type { BackendName, RuntimeRecord } from '../runtime/runtime.ts';

const BACKEND_TEXT: Record<BackendName, string> = {
  webgpu: 'WebGPU',
  wasm: 'WebAssembly',
  tensorflow: 'TensorFlow',
  cpu: 'plain JavaScript',
};

export function deviceText({ backend, adapter, software }: RuntimeRecord, reason: string): string {
  return `${BACKEND_TEXT[backend]} on ${adapter}${software ? ', in software' : ''}: ${reason}.`;
}

function percentText(share: number): string {
  if (!Number.isFinite(share)) return 'beyond any number';
  if (share < 1e-5) return 'below 0.001 %';
  return share < 1 ? `${(100 * share).toPrecision(2)} %` : `${Math.round(100 * share)} %`;
}

/** A verdict in a sentence for readers. */
export function verdictText(verdict: Verdict): string {
  if (verdict.kind === 'same') return 'The same result, to the last digit.';
  const { kind, tolerance, numbers, worst } = verdict;
  const values = `${formatError(worst.here)} here and ${formatError(worst.there)} in the record`;
  const allowed = `${percentText(tolerance)} of the largest number beside it is what devices may differ by`;
  return kind === 'within'
    ? `The same result within the spread of devices: of ${formatInteger(numbers)} numbers the one furthest off, ` +
        `${worst.at}, is off by ${percentText(worst.relativeError)}.`
    : `A different result: ${worst.at} is ${values}; ${allowed}.`;
}

/** What a run of parameters that nobody recorded says of itself. */
export const ownText = (changed: Readonly<Record<string, unknown>>): string => {
  const what = Object.entries(changed).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
  return `Your own run (${what.join(', ')}): there is no recorded result to hold it against.`;
};

/** What a press would cost. */
export const costText = (run: { seconds: number; device: string; bytes: number }): string =>
  `Took ${formatDuration(run.seconds)} on ${run.device}, where it was recorded. ` +
  `Loads ${formatBytes(run.bytes)} besides its code.`;

/** Why a worker did not start. @param message of its error, which is empty where its code did not come */
export const notStarted = (message: string): string =>
  `It could not start: ${message || (navigator.onLine ? `its code did not arrive. ${RENEWED}` : OFFLINE)}`;

const OFFLINE = 'you are offline, and its code is not kept here.';
