import process from 'node:process';
import { UsageError, decimal, wholeNumber } from '../command.ts';
import type { Command } from '../command.ts';
import { MODEL_NOTES, MODEL_OPTIONS, report, withModel } from '../language-model.ts';
import { printable } from '../output.ts';

export const command: Command = {
  usage:
    '--model FOLDER|owner/name[@revision] [--max-tokens N] [--temperature T] [--top-k K] [--seed N]\n' +
    '       [--backend webgpu|wasm|tensorflow|cpu] "prompt"',
  notes:
    'Continues the prompt, token by token, until the model ends the text. The text goes to standard output, how\n' +
    'fast it came to standard error.\n\n' +
    `${MODEL_NOTES}\n` +
    '--max-tokens N stop after so many (left out: 100)\n' +
    '--temperature T 0 takes the most probable token each time (left out), 1 draws as the model says\n' +
    '--top-k K      draw among the K most probable only\n' +
    '--seed N       of the draws (left out: 0)',
  options: {
    ...MODEL_OPTIONS,
    'max-tokens': { type: 'string' },
    temperature: { type: 'string' },
    'top-k': { type: 'string' },
    seed: { type: 'string' },
  },
  async run(invocation) {
    const { ids, values } = invocation;
    const [prompt] = ids;
    if (prompt === undefined || prompt === '' || ids.length > 1)
      throw new UsageError(`expected one prompt, in quotes, got ${ids.length}`);
    const topK = values['top-k'];
    const options = {
      maxTokens: wholeNumber('max-tokens', values['max-tokens'] ?? 100, 1),
      temperature: decimal('temperature', values['temperature'] ?? 0, 0),
      seed: wholeNumber('seed', values['seed'] ?? 0, 0),
      ...(topK !== undefined && { topK: wholeNumber('top-k', topK, 1) }),
    };
    if (topK !== undefined && options.temperature === 0)
      throw new UsageError('--top-k: expected a --temperature above 0 to draw with, got none');
    await withModel(invocation, async (model, { record }) => {
      const length = model.ids(prompt).length;
      process.stdout.write(printable(prompt));
      const start = performance.now();
      let first: number | undefined;
      let written = 0;
      const text = streamed(model.tokenizer.decode);
      const onProgress = report('tokens read');
      for await (const id of model.generate(prompt, { ...options, onProgress })) {
        first ??= performance.now();
        written++;
        process.stdout.write(printable(text(id)));
      }
      process.stdout.write(`${printable(text())}\n`);
      const end = performance.now();
      const [reading, writing] = [(first ?? end) - start, end - (first ?? end)].map(
        (ms) => ms / 1000,
      );
      const speed = written > 1 ? `, ${((written - 1) / writing!).toFixed(1)} a second` : '';
      process.stderr.write(
        `${length} tokens read in ${reading!.toFixed(2)} s, ${written} written${speed}, ` +
          `on ${record.backend} (${record.adapter})\n`,
      );
    });
    return 0;
  },
};

/** The text that each token adds: none while a character is not whole; without a token, what is left. */
function streamed(decode: (ids: readonly number[]) => string): (id?: number) => string {
  const ids: number[] = [];
  let shown = 0;
  return (id) => {
    if (id !== undefined) ids.push(id);
    const text = decode(ids);
    if (id !== undefined && text.endsWith('\ufffd')) return '';
    const added = text.slice(shown);
    shown = text.length;
    return added;
  };
}
