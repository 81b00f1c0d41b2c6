import { readFile, realpath, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, sep } from 'node:path';
import { gzipSync } from 'node:zlib';

const LOOPBACK = '127.0.0.1';

/** @type {Record<string, string>} */
const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
  '.xml': 'application/xml',
  '.zip': 'application/zip',
};
const COMPRESSED = /^text|json|svg|xml$/;

/**
 * @typedef {{ status: number, content?: Buffer, type?: string, location?: string }} Answer
 * @typedef {object} Hosting
 * @property {string} [base] path under which the site lives, such as `/paper/`
 * @property {number} [maxAge] seconds that a browser keeps what it got without asking
 */

/**
 * Serves a built site to this machine alone, as static hosts do: text compressed by gzip, folders by their
 * index.html, `404.html` for what is not there. Nothing outside the folder is read, whatever the address or a link says.
 * @param {string} folder
 * @param {number} port 0 for any
 * @param {Hosting} [hosting]
 * @returns {Promise<import('node:http').Server>}
 */
export function serveLikeAHost(folder, port, { base = '/', maxAge = 0 } = {}) {
  const cache = maxAge > 0 ? `max-age=${maxAge}` : 'no-cache';
  const server = createServer((request, response) => {
    const head = request.method === 'HEAD';
    answer(folder, base, request.url ?? '/', request.method ?? '')
      .then((found) => send(response, found, cache, head))
      .catch(() => send(response, { status: 500 }, cache, head));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOOPBACK, () => resolve(server));
  });
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {Answer} found
 * @param {string} cache
 * @param {boolean} head whether only the headers are asked for
 */
function send(response, { status, content = Buffer.alloc(0), type, location }, cache, head) {
  const zipped = type !== undefined && COMPRESSED.test(type);
  const body = zipped ? gzipSync(content) : content;
  response.writeHead(status, {
    'cache-control': cache,
    'content-length': body.length,
    'x-content-type-options': 'nosniff',
    ...(type !== undefined && { 'content-type': type }),
    ...(zipped && { 'content-encoding': 'gzip' }),
    ...(location !== undefined && { location }),
  });
  return response.end(head ? undefined : body);
}

/**
 * @param {string} folder
 * @param {string} base
 * @param {string} url
 * @param {string} method
 * @returns {Promise<Answer>}
 */
async function answer(folder, base, url, method) {
  if (method !== 'GET' && method !== 'HEAD') return { status: 405 };
  const [address = ''] = url.split(/[?#]/);
  const top = base.endsWith('/') ? base : `${base}/`;
  if (`${address}/` === top) return { status: 301, location: top };
  const path = address.startsWith(top) ? decoded(address.slice(top.length)) : undefined;
  const found = path === undefined ? undefined : await find(folder, path);
  if (found === 'folder') return { status: 301, location: `${address}/` };
  if (found !== undefined) return { status: 200, ...(await read(found)) };
  const missing = await find(folder, '404.html');
  return missing === undefined ? { status: 404 } : { status: 404, ...(await read(missing)) };
}

/** @param {string} address @returns {string | undefined} the path, where it is one */
function decoded(address) {
  try {
    const path = decodeURIComponent(address);
    return /[\0\\]/.test(path) ? undefined : path;
  } catch {
    return undefined;
  }
}

/**
 * @param {string} folder
 * @param {string} path
 * @returns {Promise<string | undefined>} the file, or `folder`
 */
async function find(folder, path) {
  try {
    const index = path === '' || path.endsWith('/') ? 'index.html' : '';
    const [top, file] = await Promise.all([realpath(folder), realpath(join(folder, path, index))]);
    if (!file.startsWith(top + sep)) return undefined;
    const kind = await stat(file);
    if (kind.isDirectory()) return 'folder';
    return kind.isFile() ? file : undefined;
  } catch {
    return undefined;
  }
}

/** @param {string} file */
async function read(file) {
  return {
    content: await readFile(file),
    type: TYPES[extname(file)] ?? 'application/octet-stream',
  };
}

/** @param {number} from @returns {Promise<number>} a port from there on that nothing listens on */
export async function freePort(from) {
  for (let port = from; ; port++) {
    const server = createServer();
    /** @type {boolean} */
    const free = await new Promise((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, LOOPBACK, () => resolve(true));
    });
    await new Promise((resolve) => server.close(resolve));
    if (free) return port;
    if (port >= 65_535) throw new Error(`host: expected a free port from ${from} on, got none`);
  }
}
