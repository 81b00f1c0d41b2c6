import type { SymbolEntry } from '../../src/components/paper/paper.ts';

export const symbols: SymbolEntry[] = [
  { id: 'n', tex: 'n', name: 'number of throws' },
  { id: 'mean', tex: '\\bar x', name: 'mean of the throws', meaning: 'between 1 and 6' },
];
