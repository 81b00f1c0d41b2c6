import { siteUrl } from '../url.ts';

/** Keeps the site for reading without a network, once the page has loaded. */
export function keepOffline(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  window.addEventListener('load', () => {
    // A reader who forbids it, or whose storage is full, reads on with a network.
    navigator.serviceWorker
      .register(siteUrl('sw.js'), { updateViaCache: 'none' })
      .catch(() => undefined);
  });
}
