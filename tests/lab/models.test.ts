import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { COMMIT, NAME } from '../checkpoints/hub-server.ts';
import { cache, hub, NEEDED, useHub } from '../checkpoints/hub-case.ts';
import { Repository } from './repository.ts';

useHub();

const PROJECT = resolve(import.meta.dirname, '../..');
const MODELS = 'experiments/models.json';

const experiment = (url: string, size: number, hex: string): string => `
import { z } from 'zod';
import { defineExperiment, node } from '${PROJECT}/src/lab/experiment.ts';
import { readModels } from '${PROJECT}/src/lab/models.ts';
import { ask } from '../src/ask.ts';

const words = { url: '${url}', size: ${size}, hash: { algorithm: 'sha256', hex: '${hex}' }, origin: 'a test', licence: 'CC0-1.0' };

export const experiment = defineExperiment({
  id: 'asking',
  title: 'Asking',
  models: '${MODELS}',
  presets: { smoke: {} },
  data: z.strictObject({ words: z.string(), widths: z.record(z.string(), z.number()) }),
  graph: () => {
    const models = readModels(import.meta.dirname + '/models.json');
    return node({
      id: 'ask',
      module: import.meta.resolve('../src/ask.ts'),
      run: ask,
      parameters: {},
      data: { words },
      checkpoints: Object.fromEntries(models.map((model) => [model.repository, model])),
    });
  },
});
`;

const ASK = `
import { dataFile } from '${PROJECT}/src/lab/experiment.ts';
export async function ask({ data, checkpoints }) {
  const text = (bytes) => new TextDecoder().decode(bytes);
  const widths = {};
  for (const [name, source] of Object.entries(checkpoints)) {
    const config = await source.read('config.json', 0, await source.size('config.json'));
    widths[name] = JSON.parse(text(config)).hidden_size;
  }
  return dataFile({ words: text(data.words), widths });
}
`;

it('declares models at the commit they are at, fetches what is pinned, and counts its hashes', async () => {
  const words = new TextEncoder().encode('être, avoir');
  hub.files['words.txt'] = words;
  const url = `${hub.address}/${NAME}/resolve/${COMMIT}/words.txt`;
  const repository = new Repository();
  const hex = createHash('sha256').update(words).digest('hex');
  repository.write('experiments/asking.ts', experiment(url, words.length, hex));
  repository.write(MODELS, '[]\n');
  repository.write('src/ask.ts', ASK);
  const environment = { HF_ENDPOINT: hub.address, LAB_CHECKPOINTS: cache };
  const lab = (...args: string[]) => repository.lab(args, environment);
  const artifact = () =>
    JSON.parse(repository.read('public/artifacts/asking.smoke.json')) as {
      data: object;
      provenance: { data: object };
    };

  const refused = await lab('run', 'counting', '--preset', 'smoke', '--model', NAME);
  expect(refused.output).toContain('expected an experiment on language models, got counting');
  const { output, code } = await lab('run', 'asking', '--preset', 'smoke', '--model', NAME);
  expect(output).toContain(`${MODELS}: ${NAME} at ${COMMIT}`);
  expect(code, output).toBe(0);
  expect(artifact().data).toEqual({ words: 'être, avoir', widths: { [NAME]: 32 } });
  expect(artifact().provenance.data).toEqual({
    [url]: { origin: 'a test', licence: 'CC0-1.0' },
    [`${NAME}@${COMMIT}`]: { origin: 'Hugging Face' },
  });
  const declared = JSON.parse(repository.read(MODELS)) as { files: object }[];
  expect(declared.map(({ files }) => Object.keys(files).toSorted())).toEqual([NEEDED.toSorted()]);

  hub.asked.length = 0;
  const again = await lab('run', 'asking', '--preset', 'smoke', '--model', NAME);
  expect(again.output).toContain('1 nodes fresh, nothing to run');
  expect(hub.asked).toEqual([]);
});
