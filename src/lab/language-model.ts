import process from 'node:process';
import { locateCheckpoint } from '../checkpoints/node/locate.ts';
import type { LanguageModel } from '../language/model.ts';
import { UsageError, backendOption } from './command.ts';
import type { Invocation } from './command.ts';
import { openDevice } from './device.ts';
import type { Device } from './device.ts';

/** Options of the commands that load a language model. */
export const MODEL_OPTIONS = { model: { type: 'string' }, backend: { type: 'string' } } as const;

export const MODEL_NOTES =
  '--model M      a folder with config.json, weights and tokenizer.json; or owner/name[@revision] on the hub, such as\n' +
  '               state-spaces/mamba-130m-hf: downloaded once, HF_TOKEN signs in, HF_HUB_OFFLINE=1 forbids it';

/** Opens a device and the model that `--model` names on it, for as long as `use` runs. */
export async function withModel(
  { values }: Invocation,
  use: (model: LanguageModel, device: Device) => Promise<void>,
): Promise<void> {
  const name = values['model'];
  if (typeof name !== 'string' || name === '')
    throw new UsageError('--model: expected a folder or owner/name[@revision], got none');
  const backend = backendOption(values);
  const source = await locateCheckpoint(name, report(`${name}: downloading`, inMegabytes));
  const device = await openDevice(backend);
  try {
    const { loadLanguageModel } = await import('../language/model.ts');
    const model = await loadLanguageModel(source, {
      free: process.availableMemory(),
      onProgress: report(`${name}: reading weights`, inMegabytes),
    });
    try {
      await use(model, device);
      device.check();
    } finally {
      model.dispose();
    }
  } finally {
    await device.close();
  }
}

const inMegabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

const INTERVAL = 1000;

/** Says on standard error how far something is, once it has taken a second. */
export function report(
  what: string,
  words: (count: number) => string = String,
): (done: number, total: number) => void {
  let last = performance.now();
  let said = false;
  return (done, total) => {
    const now = performance.now();
    const isDue = now - last >= INTERVAL || (said && done === total);
    if (!isDue) return;
    last = now;
    said = true;
    const line = `${what}: ${words(done)} of ${words(total)}`;
    process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${line}` : `${line}\n`);
    if (done === total && process.stderr.isTTY) process.stderr.write('\n');
  };
}
