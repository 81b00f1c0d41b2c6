/** Loads what makes elements of a name live, once a reader comes within a screen of one. */
export function whenNear(name: string, load: () => Promise<void>): void {
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      void load();
    },
    { rootMargin: '100%' },
  );
  for (const element of document.querySelectorAll(name)) observer.observe(element);
}
