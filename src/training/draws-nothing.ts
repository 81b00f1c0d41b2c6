import type { RandomStream } from '../numerics/random.ts';

/**
 * A stream for models that draw nothing in their forward pass: forks, and throws where one draws.
 * @param remedy what to do about a model that does
 */
export function drawsNothing(where: string, remedy: string): RandomStream {
  const stream: RandomStream = new Proxy({} as RandomStream, {
    get(_, member) {
      if (member === 'fork') return () => stream;
      throw new Error(
        `${where}: expected a model that draws nothing in its forward pass, got one that asks for ` +
          `${String(member)}; ${remedy}`,
      );
    },
  });
  return stream;
}
