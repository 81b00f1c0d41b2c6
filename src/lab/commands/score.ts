import { UsageError } from '../command.ts';
import type { Command } from '../command.ts';
import { MODEL_NOTES, MODEL_OPTIONS, report, withModel } from '../language-model.ts';

export const command: Command = {
  usage:
    '--model FOLDER|owner/name[@revision] [--json] [--backend webgpu|wasm|tensorflow|cpu]\n' +
    '       "prompt" "continuation" ["another" …]',
  notes:
    'How probable each continuation is after the prompt: natural logarithms of the probability of all its tokens, and\n' +
    'of each. Prompt and continuation are split into tokens apart from each other.\n\n' +
    MODEL_NOTES,
  options: { ...MODEL_OPTIONS, json: { type: 'boolean' } },
  async run(invocation) {
    const [prompt, ...continuations] = invocation.ids;
    if (prompt === undefined || continuations.length === 0)
      throw new UsageError(
        `expected a prompt and at least one continuation, in quotes, got ${invocation.ids.length} texts`,
      );
    await withModel(invocation, async (model) => {
      const { tokenizer } = model;
      const rows = [];
      const progress = report('scored');
      for (const continuation of continuations) {
        const logProbabilities = [...(await model.score(prompt, continuation))];
        const tokens = model.ids(continuation).map((id) => tokenizer.decode([id]));
        const sum = logProbabilities.reduce((total, one) => total + one, 0);
        rows.push({ continuation, logProbability: sum, tokens, logProbabilities });
        progress(rows.length, continuations.length);
      }
      if (invocation.values['json'] === true) console.log(JSON.stringify(rows, null, 2));
      else for (const row of rows) console.log(inWords(row));
    });
    return 0;
  },
};

const inWords = (row: {
  continuation: string;
  logProbability: number;
  tokens: string[];
  logProbabilities: number[];
}): string => {
  const parts = row.tokens.map(
    (token, i) => `${JSON.stringify(token)} ${row.logProbabilities[i]!.toFixed(3)}`,
  );
  return `${row.logProbability.toFixed(4)}  ${JSON.stringify(row.continuation)}  (${parts.join(', ')})`;
};
