import { targetOf } from './target.ts';

/** Marks the entry of the contents that is being read. */
export function followContents(): void {
  const links = [...document.querySelectorAll<HTMLAnchorElement>('.contents a')];
  const targets = links.flatMap((link) => {
    const target = targetOf(link);
    return target ? [{ link, target }] : [];
  });
  const mark = (): void => {
    const line = window.innerHeight / 4;
    const read = targets.findLast(({ target }) => target.getBoundingClientRect().top <= line);
    for (const link of links) {
      if (link === read?.link) link.setAttribute('aria-current', 'location');
      else link.removeAttribute('aria-current');
    }
  };
  let asked = false;
  const ask = (): void => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      mark();
    });
  };
  document.addEventListener('scroll', ask, { passive: true });
  ask();
}
