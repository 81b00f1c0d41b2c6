import type { SymbolEntry } from '#src/components/paper/paper.ts';

export const symbols: SymbolEntry[] = [
  {
    id: 'x',
    tex: '\\mathbf{x}',
    name: 'measurements of a bird',
    meaning: 'bill length, bill depth, flipper length and mass, each with mean 0 and variance 1',
  },
  { id: 'y', tex: 'y', name: 'species of a bird' },
  { id: 'w', tex: '\\mathbf{w}', name: 'coefficients of a species' },
];
