/** What a link into this page leads to: addresses hold letters of any script, which links encode. */
export function targetOf({ hash }: HTMLAnchorElement): HTMLElement | null {
  try {
    return document.getElementById(decodeURIComponent(hash.slice(1)));
  } catch {
    return document.getElementById(hash.slice(1));
  }
}
