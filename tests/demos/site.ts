import type { Surroundings } from '../../src/demos/surroundings.ts';
import { openRuntime } from '../../src/runtime/node.ts';

/**
 * What an engine finds around it on a site of these files, by address: 404 for all others.
 * @param fetched collects the addresses asked for
 */
export const surroundings = (
  files: Readonly<Record<string, BodyInit>>,
  fetched: string[] = [],
): Surroundings => ({
  openRuntime: () => openRuntime({ backend: 'cpu' }),
  fetch: (url) => {
    fetched.push(url);
    const body = files[url];
    return Promise.resolve(
      body === undefined ? new Response('', { status: 404 }) : new Response(body),
    );
  },
});
