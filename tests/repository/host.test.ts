import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { freePort, serveLikeAHost } from '../../scripts/lib/host.mjs';

let [folder, server]: [string, Server | undefined] = ['', undefined];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'host-'));
  mkdirSync(join(folder, 'site/claims'), { recursive: true });
  mkdirSync(join(folder, 'site-secrets'));
  writeFileSync(join(folder, 'secret'), 'SECRET');
  writeFileSync(join(folder, 'site-secrets/secret'), 'SECRET');
  writeFileSync(join(folder, 'site/index.html'), 'top');
  writeFileSync(join(folder, 'site/claims/index.html'), 'claims');
  writeFileSync(join(folder, 'site/404.html'), 'nothing here');
  writeFileSync(join(folder, 'site/a b.wasm'), 'wasm');
  symlinkSync('../secret', join(folder, 'site/link'));
});
afterEach(() => {
  server?.close();
  rmSync(folder, { recursive: true });
});

/** Starts on a free port; the address goes to the server as it is, without a browser's clean-up. */
async function start(base = '/') {
  server = await serveLikeAHost(join(folder, 'site'), 0, { base });
  const { port, address } = server.address() as AddressInfo;
  const get = (path: string, method = 'GET') =>
    new Promise<{ status: number; body: string; headers: Record<string, unknown> }>(
      (resolve, reject) => {
        const asked = request({ host: address, port, path, method }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => {
            const bytes = Buffer.concat(chunks);
            const zipped = response.headers['content-encoding'] === 'gzip' && bytes.length > 0;
            const body = String(zipped ? gunzipSync(bytes) : bytes);
            resolve({ status: response.statusCode ?? 0, body, headers: response.headers });
          });
        });
        asked.on('error', reject).end();
      },
    );
  return { address, get };
}

it('listens on the loopback only', async () => {
  expect((await start()).address).toBe('127.0.0.1');
});

it.each([
  '/../secret',
  '/%2e%2e/secret',
  '/..%2fsecret',
  '/%2e%2e%2fsecret',
  '/..%5csecret',
  '/claims/../../secret',
  '/claims/%2e%2e/%2e%2e/secret',
  '/..%2fsite-secrets/secret',
  '//etc/passwd',
  '/link',
  '/%00',
  '/index.html%00.png',
  `/..${'%2f..'.repeat(20)}%2fetc/passwd`,
])('reads nothing outside its folder: %s', async (path) => {
  const { get } = await start();
  const { status, body } = await get(path);
  expect(body).not.toMatch(/SECRET|root:/);
  expect(status).toBeGreaterThanOrEqual(400);
});

it.each(['/%', '/%E0%A4%A', '/%ff', '/?%', 'http://[', '*'])(
  'lives through a bad address and shows no stack: %s',
  async (path) => {
    const { get } = await start();
    const { body } = await get(path);
    expect(body).not.toMatch(/\bat |node:|Error:/);
    expect(await get('/')).toMatchObject({ status: 200, body: 'top' });
  },
);

it('serves as static hosts do: folders, types, base paths, and a page for what is missing', async () => {
  const { get } = await start('/paper/');
  expect(await get('/paper/')).toMatchObject({ status: 200, body: 'top' });
  expect(await get('/paper/claims/?x=1')).toMatchObject({ status: 200, body: 'claims' });
  expect(await get('/paper/claims')).toMatchObject({
    status: 301,
    headers: { location: '/paper/claims/' },
  });
  expect(await get('/paper')).toMatchObject({ status: 301, headers: { location: '/paper/' } });
  expect(await get('/paper/none')).toMatchObject({ status: 404, body: 'nothing here' });
  expect(await get('/claims/')).toMatchObject({ status: 404 });
  expect(await get('/paper/a%20b.wasm')).toMatchObject({
    status: 200,
    headers: { 'content-type': 'application/wasm' },
  });
  expect(await get('/paper/', 'HEAD')).toMatchObject({ status: 200, body: '' });
  expect(await get('/paper/', 'POST')).toMatchObject({ status: 405 });
});

it('finds the next free port', async () => {
  const taken = createServer();
  await new Promise<void>((done) => taken.listen(0, '127.0.0.1', done));
  const { port } = taken.address() as AddressInfo;
  expect(await freePort(port)).toBeGreaterThan(port);
  taken.close();
});
