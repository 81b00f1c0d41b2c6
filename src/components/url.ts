/** Address of a file of the site, under whatever base path it is served. */
export function siteUrl(path: string): string {
  const base = import.meta.env.BASE_URL;
  return `${base.endsWith('/') ? base : `${base}/`}${path}`;
}

/** The same with its origin and the path that SITE_URL has; undefined where SITE_URL is not set. */
export function absoluteUrl(path: string, site: URL | undefined): string | undefined {
  if (!site) return undefined;
  const [above, address] = [site.pathname.replace(/\/$/, ''), siteUrl(path)];
  return new URL(address.startsWith(`${above}/`) ? address : above + address, site).href;
}
