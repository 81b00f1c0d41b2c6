// Serves the built site: node scripts/serve.mjs [--port N]; the next free port if that one is taken.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { freePort, serveLikeAHost } from './lib/host.mjs';
import { Advice, ROOT, program, say } from './lib/steps.mjs';

await program(async () => {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '4321' } } });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Advice(`--port: expected a number from 1 to 65535, got ${values.port}`);
  const { SITE_BASE: base = '/', SITE_OUT, PAPER = '.' } = process.env;
  const folder = resolve(ROOT, SITE_OUT ?? join(PAPER, 'dist'));
  if (!existsSync(join(folder, 'index.html')))
    throw new Advice(`serve: expected a built site in ${folder}, got none; npm run build`);
  const free = await freePort(port);
  const server = await serveLikeAHost(folder, free, { base });
  say(`\nThe paper is at http://localhost:${free}${base} (Ctrl-C stops the server)`);
  await new Promise((done) => {
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
      process.once(signal, done);
  });
  server.close();
  server.closeAllConnections();
});
