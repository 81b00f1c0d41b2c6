import { resolve } from 'node:path';

/**
 * The folder of the paper, with `content/`, `experiments/`, `public/` and `lab.lock/` in it: this one, unless PAPER
 * names another, such as `examples/penguins`.
 */
export const paperFolder = (): string => resolve(process.env['PAPER'] ?? '.');
