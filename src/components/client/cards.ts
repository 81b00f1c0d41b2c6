import { OPENING, TRIGGERS, cardContent } from './card-content.ts';
import { placeBeside } from './place.ts';

const OPEN_MS = 120;
const CLOSE_MS = 200;

const triggerAt = (target: EventTarget | null): Element | undefined =>
  (target instanceof Element && target.closest(TRIGGERS)) || undefined;

/** Shows what a link leads to or a number rests on beside it: on hover, tap, and focus by keyboard; Escape closes. */
class Cards {
  readonly #card = document.createElement('div');
  #trigger: Element | undefined;
  #wanted: Element | undefined;
  #timer = 0;
  #byTouch = false;

  constructor() {
    this.#card.className = 'card';
    this.#card.id = 'card';
    this.#card.popover = 'manual';
    document.body.append(this.#card);
  }

  listen(): void {
    document.addEventListener('pointerover', (event) => {
      if (event.pointerType !== 'touch') this.#hover(event.target);
    });
    document.addEventListener('pointerdown', (event) => {
      this.#byTouch = event.pointerType === 'touch';
      if (this.#byTouch && !this.#isOwn(event.target)) this.#close();
    });
    document.addEventListener('click', (event) => this.#press(event));
    document.addEventListener('focusin', ({ target }) => {
      const trigger = triggerAt(target);
      if (trigger?.matches(':focus-visible')) void this.#open(trigger);
    });
    document.addEventListener('focusout', ({ relatedTarget }) => {
      if (!this.#isOwn(relatedTarget)) this.#close();
    });
    document.addEventListener('keydown', (event) => this.#key(event));
    document.addEventListener('scroll', () => this.#follow(), { passive: true });
  }

  /** Whether something is in the card, or what it belongs to. */
  #isOwn(target: EventTarget | null): boolean {
    if (!(target instanceof Element)) return false;
    return this.#card.contains(target) || (this.#trigger?.contains(target) ?? false);
  }

  #press(event: MouseEvent): void {
    const trigger = triggerAt(event.target);
    if (!trigger) return;
    // A finger cannot hover: its first tap on a claim shows what it is, and the card leads on.
    const isClaim = trigger.matches('a.claim-link');
    if (isClaim && this.#byTouch) event.preventDefault();
    const opens = isClaim
      ? this.#byTouch
      : !trigger.closest('a') && !trigger.matches('[data-symbols]');
    if (opens && trigger !== this.#trigger) void this.#open(trigger);
  }

  #key(event: KeyboardEvent): void {
    const { key, target } = event;
    if (key === 'Escape') {
      if (target instanceof Element && this.#card.contains(target)) this.#focusTrigger();
      this.#close();
    }
    const number = target instanceof Element && target.matches('[data-is]') ? target : undefined;
    if (!number || (key !== 'Enter' && key !== ' ')) return;
    event.preventDefault();
    void this.#open(number).then(() => this.#card.querySelector('a')?.focus());
  }

  #focusTrigger(): void {
    if (this.#trigger instanceof HTMLElement) this.#trigger.focus();
  }

  #hover(target: EventTarget | null): void {
    const element = target instanceof Element ? target : undefined;
    if (element && this.#card.contains(element)) {
      clearTimeout(this.#timer);
      return;
    }
    const found = triggerAt(target);
    // A whole equation has a card for the keyboard; the pointer asks for single symbols.
    const trigger = found?.matches('[data-symbols]') ? undefined : found;
    if (trigger && trigger === this.#trigger) {
      clearTimeout(this.#timer);
      return;
    }
    if (!trigger && !this.#trigger) this.#wanted = undefined;
    clearTimeout(this.#timer);
    this.#timer = trigger
      ? window.setTimeout(() => void this.#open(trigger), OPEN_MS)
      : window.setTimeout(() => this.#close(), CLOSE_MS);
  }

  async #open(trigger: Element): Promise<void> {
    if (trigger === this.#trigger) return;
    this.#close();
    this.#wanted = trigger;
    const content = await cardContent(trigger).catch(() => []);
    if (content.length === 0 || this.#wanted !== trigger) return;
    this.#card.replaceChildren(...content);
    this.#name(trigger);
    this.#card.showPopover();
    this.#place(trigger);
    this.#trigger = trigger;
    if (trigger.matches('a.cite, a.symbol-link')) trigger.setAttribute('aria-describedby', 'card');
  }

  /** With links inside it is a dialog; else it only describes. */
  #name(trigger: Element): void {
    const opening = trigger.matches(OPENING);
    this.#card.setAttribute('role', opening ? 'dialog' : 'tooltip');
    if (opening) this.#card.setAttribute('aria-label', `About ${trigger.textContent}`);
    else this.#card.removeAttribute('aria-label');
  }

  #place(trigger: Element): void {
    const lines = [...trigger.getClientRects()];
    placeBeside(this.#card, lines.at(-1) ?? trigger.getBoundingClientRect());
  }

  /**
   * Focus may itself scroll: its card goes along, and the pointer's closes. One that is still to open does: the last
   * event of a scroll comes after the pointer has met the link that it brought.
   */
  #follow(): void {
    if (!this.#trigger || this.#card.contains(document.activeElement)) return;
    if (this.#trigger === document.activeElement) this.#place(this.#trigger);
    else this.#close();
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#wanted = undefined;
    this.#trigger?.removeAttribute('aria-describedby');
    this.#trigger = undefined;
    if (this.#card.matches(':popover-open')) this.#card.hidePopover();
  }
}

export function startCards(): void {
  new Cards().listen();
}
