import type { Item } from "../../wire/chat";
import { say } from "./words";

const LONG = 150;
const SOON = 5_000;

/** One voice for what arrives: name and text; when it is much, only how many. */
export class Voice {
  #recent: number[] = [];
  #bundle = 0;
  #timer = 0;

  constructor(private readonly region: HTMLElement) {}

  speak(text: string): void {
    this.region.textContent = "";
    // Emptied first: the same text twice would not be read twice.
    setTimeout(() => (this.region.textContent = text), 60);
  }

  arrived(items: Item[]): void {
    const now = Date.now();
    this.#recent = [...this.#recent.filter((at) => now - at < SOON), ...items.map(() => now)];
    if (this.#recent.length <= 3 && items.length === 1) {
      const { name, text } = items[0]!;
      this.speak(say("says", { name, text: text.length > LONG ? `${text.slice(0, LONG)} …` : text }));
      return;
    }
    this.#bundle += items.length;
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => {
      this.speak(say("many", { n: this.#bundle }));
      this.#bundle = 0;
    }, 1_000);
  }
}
