import type { Item } from "../../wire/chat";
import { namesMe } from "./message";
import { fact, say } from "./words";

const LONG = 150;
const SOON = 5_000;
const TOGETHER = 1_000;
const FEW = 3;

/**
 * One voice for what arrives: name and text; when it is more than three in five seconds, only how many. Somebody may
 * want to hear all of it (data-announce), what names them, or nothing.
 */
export class Voice {
  #recent: number[] = [];
  #bundle: Item[] = [];
  #timer = 0;
  #saying = 0;

  constructor(private readonly region: HTMLElement) {}

  /** Say it now, whatever is wanted of what arrives: it answers something somebody did. */
  speak(text: string): void {
    this.region.textContent = "";
    clearTimeout(this.#saying);
    // Emptied first: the same text twice would not be read twice.
    this.#saying = window.setTimeout(() => (this.region.textContent = text), 60);
  }

  /** New messages of others in the open conversation. */
  arrived(items: Item[]): void {
    const wanted = fact("announce") || "all";
    const heard = wanted === "off" ? [] : wanted === "mentions" ? items.filter(namesMe) : items;
    if (!heard.length) return;
    const now = Date.now();
    this.#recent = [...this.#recent.filter((at) => now - at < SOON), ...heard.map(() => now)];
    const few = this.#recent.length <= FEW && !this.#bundle.length;
    if (few && heard.length === 1) {
      this.speak(sentence(heard[0]!));
      return;
    }
    this.#bundle.push(...heard);
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => {
      const all = this.#bundle;
      this.#bundle = [];
      this.speak(all.length === 1 ? sentence(all[0]!) : say("many", { n: all.length }));
    }, TOGETHER);
  }
}

function sentence({ name, text, files }: Item): string {
  const words = text || files.map((file) => file.name).join(", ");
  return say("says", { name, text: words.length > LONG ? `${words.slice(0, LONG)} …` : words });
}
