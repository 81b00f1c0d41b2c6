import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** @type {Record<string, string>} */
const TYPES = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
  '.woff2': 'font/woff2',
  '.xml': 'application/xml',
};

/**
 * Serves a built site as static hosts do: text compressed by gzip, everything kept for ten minutes.
 * @param {string} folder
 * @param {number} port
 * @returns {Promise<import('node:http').Server>}
 */
export function serveLikeAHost(folder, port) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const path = decodeURIComponent(pathname.endsWith('/') ? `${pathname}index.html` : pathname);
    const type = TYPES[extname(path)] ?? 'application/octet-stream';
    const compressed = !/font|image\/png|octet/.test(type);
    readFile(join(folder, path))
      .then((content) => {
        response.writeHead(200, {
          'content-type': type,
          'cache-control': 'max-age=600',
          ...(compressed && { 'content-encoding': 'gzip' }),
        });
        return response.end(compressed ? gzipSync(content) : content);
      })
      .catch(() => response.writeHead(404).end());
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, () => resolve(server));
  });
}
