import { expect, test } from 'vitest';
import { download, openFiles, parseJson } from '../../src/demos/site-files.ts';
import { digest } from '../../src/lab/portable/digest.ts';

const URL = 'http://site/base/reruns/example.small.json';
const page = () =>
  new Response('<!doctype html><title>Not found</title>', {
    headers: { 'content-type': 'text/html; charset=utf-8' },
  });

test('a page in place of a file is refused with its address', async () => {
  const around = { fetch: () => Promise.resolve(page()) };
  await expect(download(around, URL)).rejects.toThrow(`in place of the file ${URL}. Check`);
});

test('what is no JSON is refused with its address, whatever the server calls it', () => {
  expect(() => parseJson(new TextEncoder().encode('\n<!doctype html><title>Sign in'), URL)).toThrow(
    `${URL} does not hold results: it begins with “<!doctype html><titl”`,
  );
});

test('a connection that breaks is told with the address, and tried again when asked again', async () => {
  const body = new TextEncoder().encode('{"data":[1, 2]}');
  let fails = true;
  const source = {
    fetch: () =>
      fails ? Promise.reject(new TypeError('Failed')) : Promise.resolve(new Response(body)),
  };
  await expect(download(source, URL)).rejects.toThrow(
    `${URL} did not arrive. Check the connection`,
  );
  const files = openFiles(source, 'http://site/base/');
  // Of an artifact, its data is what consumers read.
  const hash = await digest(new TextEncoder().encode('[1,2]'));
  const wanted = { 'data.json': { path: 'artifacts/a.small.json', sha256: hash, bytes: 15 } };
  await expect(files(wanted)).rejects.toThrow('did not arrive');
  fails = false;
  expect(new TextDecoder().decode((await files(wanted))['data.json'])).toBe('[1,2]');
});
