import { RENEWED } from '../components/client/renewed.ts';

/**
 * Loads what makes elements of a name live, once a reader comes within a screen of one or starts one: their forms can
 * be sent from the beginning, and are sent again when there is somebody to answer.
 */
export function whenNear(name: string, load: () => Promise<void>): void {
  const elements = [...document.querySelectorAll(name)];
  let loading: Promise<boolean> | undefined;
  const loadOnce = async (): Promise<boolean> => {
    try {
      await load();
    } catch {
      loading = undefined;
      return false;
    }
    for (const element of elements) element.removeEventListener('submit', early);
    observer.disconnect();
    return true;
  };
  const ready = (): Promise<boolean> => (loading ??= loadOnce());
  const sendAgain = async (form: HTMLFormElement): Promise<void> => {
    if (await ready()) return form.requestSubmit();
    const status = form.parentElement?.querySelector('.live-status');
    if (status) status.textContent = `Its code did not arrive. ${RENEWED}`;
  };
  const early = (event: Event): void => {
    event.preventDefault();
    void sendAgain(event.target as HTMLFormElement);
  };
  const observer = new IntersectionObserver(
    (entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) void ready();
    },
    { rootMargin: '100%' },
  );
  for (const element of elements) {
    element.addEventListener('submit', early);
    observer.observe(element);
  }
}
