import type { Item } from "../../wire/chat";
import { keep, keepDraft, readDraft, type Pending } from "./kept";
import { newId } from "./ids";
import { say } from "./words";

const SHOWN_FROM = 200;
const TOLD_AT = [50, 10];
const SAVED_AFTER = 150;

/** What the composer needs of the conversation around it. */
export interface ComposerHost {
  readonly c: number;
  /** Say something to whoever listens. */
  speak(text: string): void;
  /** Something was said: it is kept on this device, and waits to be sent. */
  said(one: Pending): void;
  /** The newest own message in the log, if one is there: the arrow up edits it. */
  latestOwn(): Item | undefined;
}

/** Where one writes: the form below the log. */
export class Composer {
  #told = Number.POSITIVE_INFINITY;
  #saving = 0;
  readonly #box: HTMLTextAreaElement;

  constructor(
    private readonly form: HTMLFormElement,
    private readonly host: ComposerHost,
  ) {
    this.#box = form.querySelector("textarea")!;
    // The server looks at what is there; what is empty is simply not sent.
    this.#box.required = false;
    this.#box.addEventListener("input", () => {
      this.#leftOver();
      clearTimeout(this.#saving);
      this.#saving = window.setTimeout(() => void keepDraft(host.c, this.#box.value), SAVED_AFTER);
    });
    this.#box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
      event.preventDefault();
      void this.#submit();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#submit();
    });
  }

  /** Bring back what was begun here before. */
  async restore(): Promise<void> {
    if (!this.#box.value) this.#box.value = await readDraft(this.host.c);
    this.#leftOver();
  }

  focus(): void {
    this.#box.focus();
  }

  /** What is written next answers this message. */
  answer(_item: Item): void {
    this.focus();
  }

  /** This own message is changed in the box. */
  edit(_item: Item): void {
    this.focus();
  }

  get #max(): number {
    return Number(this.form.dataset.max);
  }

  #leftOver(): void {
    const left = this.#max - [...this.#box.value].length;
    const place = this.form.querySelector<HTMLElement>("[data-left]")!;
    place.textContent = left < SHOWN_FROM ? say("leftChars", { n: left }) : "";
    place.classList.toggle("is-over", left < 0);
    this.#box.toggleAttribute("aria-invalid", left < 0);
    for (const limit of TOLD_AT)
      if (left <= limit && this.#told > limit) this.host.speak(say("leftChars", { n: left }));
    this.#told = left;
  }

  async #submit(): Promise<void> {
    const body = this.#box.value.trim();
    if (!body || [...body].length > this.#max) return;
    const one = { id: newId(), c: this.host.c, body, at: Date.now() };
    this.#box.value = "";
    clearTimeout(this.#saving);
    this.form.querySelector(".cmp__e")?.toggleAttribute("hidden", true);
    this.#leftOver();
    this.focus();
    // Kept before it is shown as waiting: what one sees survives a closed browser.
    await keep(one);
    this.host.said(one);
    await keepDraft(this.host.c, this.#box.value);
  }
}
