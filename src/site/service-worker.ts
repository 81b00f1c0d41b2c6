const WORKER = `const CACHE = 'paper-' + VERSION;
const here = (path) => new URL(path, self.registration.scope).href;

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches.open(CACHE).then((cache) => cache.addAll(FILES.map(here))).then(() => self.skipWaiting()),
  );
});

self.addEventListener('activate', (event) => {
  const old = (names) => names.filter((name) => name.startsWith('paper-') && name !== CACHE);
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(old(names).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

const kept = (request) => caches.match(request, { ignoreSearch: true, ignoreVary: true });

async function fromNetwork(request) {
  const response = await fetch(request);
  if (response.ok) {
    const copy = response.clone();
    const cache = await caches.open(CACHE);
    await cache.put(request, copy);
  }
  return response;
}

// Names under _astro/ hold their content's hash, so what is kept is what was asked for.
const immutable = (url) => url.pathname.includes('/_astro/');

async function answer(request) {
  if (immutable(new URL(request.url))) return (await kept(request)) ?? fromNetwork(request);
  try {
    return await fromNetwork(request);
  } catch (error) {
    const response = await kept(request);
    if (response) return response;
    throw error;
  }
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || !url.href.startsWith(self.registration.scope)) return;
  if (request.headers.has('range')) return;
  event.respondWith(answer(request));
});
`;

/**
 * The code of the service worker: after one visit, the pages and what they need are there without
 * a network, and whatever else was loaded once stays.
 * @param version names the cache; any change of the site changes it
 * @param files addresses under the worker's own folder that are kept from the start
 */
export const serviceWorker = (version: string, files: readonly string[]): string =>
  `const VERSION = '${version}';\nconst FILES = ${JSON.stringify(files)};\n${WORKER}`;
