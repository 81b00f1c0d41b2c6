import { expect, test } from 'vitest';
import { download, readArtifact } from '../../src/demos/surroundings.ts';
import { surroundings } from './site.ts';

const URL = 'http://site/base/artifacts/example.smoke.json';
const page = () =>
  new Response('<!doctype html><title>Not found</title>', {
    headers: { 'content-type': 'text/html; charset=utf-8' },
  });

test('a page in place of a file is refused with its address', async () => {
  const around = { ...surroundings({}), fetch: () => Promise.resolve(page()) };
  await expect(download(around, URL)).rejects.toThrow(`in place of the file ${URL}. Check`);
  await expect(readArtifact(around, { artifactUrl: URL })).rejects.toThrow(/reload the page/);
});

test('what is no JSON is refused with its address, whatever the server calls it', async () => {
  const around = surroundings({ [URL]: '\n<!doctype html><title>Sign in</title>' });
  await expect(readArtifact(around, { artifactUrl: URL })).rejects.toThrow(
    `${URL} does not hold results: it begins with “<!doctype html><titl”`,
  );
});

test('a connection that breaks is told with the address', async () => {
  const around = { fetch: () => Promise.reject(new TypeError('Failed to fetch')) };
  await expect(download(around, URL)).rejects.toThrow(
    `${URL} did not arrive. Check the connection`,
  );
});
