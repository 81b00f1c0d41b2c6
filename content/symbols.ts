import type { SymbolEntry } from '../src/components/paper/paper.ts';

/** The letters of the paper, in the order of the list at its end. */
export const symbols: SymbolEntry[] = [
  { id: 'd', tex: 'd', name: 'dimension of an input', meaning: 'number of components of x' },
  { id: 'k', tex: 'k', name: 'examples in context', meaning: 'pairs that the model has seen' },
  { id: 'x', tex: 'x', name: 'input', meaning: 'a vector of d components' },
  { id: 'y', tex: 'y', name: 'output', meaning: 'a number' },
  { id: 'w', tex: 'w', name: 'weights of the linear function behind a prompt' },
  { id: 'U', tex: 'U', name: 'random orthogonal basis', meaning: 'the same for a whole batch' },
  { id: 'c', tex: 'c', name: 'scale that gives an input mean squared length d' },
  {
    id: 'delta',
    tex: '\\Delta',
    name: 'step',
    meaning: 'how long a token lasts for a state space; Mamba reads it from the token',
  },
  {
    id: 'h',
    tex: 'h',
    name: 'state',
    meaning: 'what a recurrent model carries from token to token',
  },
  {
    id: 'gamma',
    tex: '\\gamma',
    name: 'strength of GD++',
    meaning: 'how far it shrinks large directions',
  },
];
