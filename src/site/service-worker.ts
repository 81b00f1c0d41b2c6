import { createHash } from 'node:crypto';

const WORKER = `const SCOPE = new URL(self.registration.scope);
const PREFIX = 'paper ' + encodeURIComponent(SCOPE.pathname) + ' ';
const CACHE = PREFIX + VERSION;
const [INSTALL_MS, ANSWER_MS] = [120_000, 6_000];

const isPage = (path) => path === '' || path.endsWith('/');
const here = (path) => SCOPE.href + path.split('/').map(encodeURIComponent).join('/');
// Where the tabs are noted that were open when the version after theirs took over: no path has a query.
const TABS = SCOPE.href + '?tabs';

function pathOf(url) {
  const path = new URL(url).pathname.slice(SCOPE.pathname.length);
  try {
    return decodeURIComponent(path).replace(/(^|\\/)index\\.html$/, '$1');
  } catch {
    return path;
  }
}

/** Puts a file into the cache of this version if it is the one that the build made; @returns whether it was. */
async function put(path, response) {
  const bytes = await response.arrayBuffer();
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  if (!response.ok || btoa(String.fromCharCode(...hash)) !== FILES[path]) return false;
  const cache = await caches.open(CACHE);
  await cache.put(here(path), new Response(bytes, { headers: response.headers }));
  return true;
}

async function fill() {
  const [signal, cache] = [AbortSignal.timeout(INSTALL_MS), 'no-cache'];
  await Promise.all(
    NEEDED.map(async (path) => {
      if (await put(path, await fetch(here(path), { cache, signal }))) return;
      throw new Error(here(path) + ': expected the file of this version, got another');
    }),
  );
}

self.addEventListener('install', (event) => {
  const discard = async (error) => {
    await caches.delete(CACHE);
    throw error;
  };
  event.waitUntil(fill().then(() => self.skipWaiting(), discard));
});

const ownNames = async () => (await caches.keys()).filter((name) => name.startsWith(PREFIX));

const openTabs = async () => {
  const tabs = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  return tabs.map(({ id }) => id);
};

/** Lets go of the versions before this one that no tab is open of. */
async function forget() {
  const open = await openTabs();
  for (const name of await ownNames()) {
    if (name === CACHE) continue;
    const noted = await (await caches.open(name)).match(TABS);
    const tabs = noted ? await noted.json() : [];
    if (!tabs.some((id) => open.includes(id))) await caches.delete(name);
  }
}

async function takeOver() {
  const open = JSON.stringify(await openTabs());
  for (const name of await ownNames()) {
    const cache = await caches.open(name);
    if (name === CACHE) await cache.delete(TABS);
    else if (!(await cache.match(TABS))) await cache.put(TABS, new Response(open));
  }
  await forget();
}

self.addEventListener('activate', (event) => {
  const ignore = () => undefined;
  event.waitUntil(takeOver().catch(ignore).then(() => self.clients.claim()));
});

/** What is kept under a path: of this version, else of one before it; nothing where the cache cannot say. */
async function kept(path) {
  try {
    const names = await ownNames();
    for (const name of [CACHE, ...names.filter((one) => one !== CACHE)]) {
      const found = names.includes(name) && (await (await caches.open(name)).match(here(path)));
      if (found) return found;
    }
  } catch {}
  return undefined;
}

async function keep(path, response) {
  if (!(path in FILES)) return;
  try {
    const cache = await caches.open(CACHE);
    if (!(await cache.match(here(path)))) await put(path, response);
  } catch {}
}

/** Whether what a server answered is nothing to show where a kept file can be had. */
const useless = (request, path, { ok, status, headers }) =>
  request.mode === 'navigate'
    ? status >= 500
    : !ok || (path in FILES && !isPage(path) && /text\\/html/.test(headers.get('content-type')));

async function fromNetwork(event, path) {
  const { request } = event;
  // A page that the HTTP cache still has may be of a version whose scripts are gone.
  const response = await fetch(request, request.mode === 'navigate' ? { cache: 'no-cache' } : {});
  if (useless(request, path, response)) return (await kept(path)) ?? response;
  if (response.ok) event.waitUntil(keep(path, response.clone()));
  return response;
}

async function answer(event, path) {
  // Names under _astro/ hold their content's hash, so what is kept is what was asked for.
  const first = path.startsWith('_astro/') ? await kept(path) : undefined;
  if (first) return first;
  const network = fromNetwork(event, path);
  const late = new Promise((resolve) => setTimeout(resolve, ANSWER_MS)).then(() => kept(path));
  try {
    return await Promise.race([network, late.then((found) => found ?? network)]);
  } catch (error) {
    const found = await kept(path);
    if (found) return found;
    throw error;
  }
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || !request.url.startsWith(SCOPE.href)) return;
  if (request.headers.has('range')) return;
  event.respondWith(answer(event, pathOf(request.url)));
  if (request.mode === 'navigate') event.waitUntil(forget().catch(() => undefined));
});
`;

/**
 * The code of the service worker. After one visit, the pages and what they need are there without a network, and
 * whatever else of the site was loaded once stays: each file only as the build made it. Versions of one site, and
 * sites under one origin, have caches of their own; no fault of a cache fails a request.
 * @param files hashes (SHA-256, base64) of what may be kept, by address under the worker's own folder
 * @param needed which of them are kept from the start
 */
export function serviceWorker(
  files: ReadonlyMap<string, string>,
  needed: readonly string[],
): string {
  const list = JSON.stringify(Object.fromEntries(files));
  const version = createHash('sha256')
    .update(list + WORKER)
    .digest('hex')
    .slice(0, 12);
  return `const VERSION = '${version}';\nconst FILES = ${list};\nconst NEEDED = ${JSON.stringify(needed)};\n${WORKER}`;
}
