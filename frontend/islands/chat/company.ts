import type { Item, Presence, Typing } from "../../wire/chat";
import { fact, say, sayCount } from "./words";

const HOLDS = 6_000;

/** Who is writing, and who is here, as far as they let it be seen. For the eyes alone: it is never read out. */
export class Company {
  #writing = new Map<number, { name: string; until: number }>();
  #timer = 0;

  constructor(
    private readonly typingLine: HTMLElement | null,
    private readonly presenceMark: HTMLElement | null,
    private readonly direct: boolean,
  ) {}

  typing(event: Typing): void {
    if (event.person === Number(fact("me"))) return;
    this.#writing.set(event.person, { name: event.name, until: Date.now() + HOLDS });
    this.#draw();
  }

  /** Whose words are there writes no more. */
  said(items: Item[]): void {
    for (const item of items) if (item.sender !== null) this.#writing.delete(item.sender);
    this.#draw();
  }

  presence(event: Presence): void {
    if (!this.presenceMark) return;
    const others = event.people.filter((person) => person !== Number(fact("me"))).length;
    const n = this.direct ? others : event.people.length;
    this.presenceMark.hidden = !others;
    this.presenceMark.querySelector("span")!.textContent = this.direct ? say("here") : sayCount("hereCount", n);
  }

  /** Without a line nobody knows. */
  alone(): void {
    this.#writing.clear();
    this.#draw();
    if (this.presenceMark) this.presenceMark.hidden = true;
  }

  #draw(): void {
    clearTimeout(this.#timer);
    const now = Date.now();
    for (const [person, { until }] of this.#writing) if (until <= now) this.#writing.delete(person);
    const names = [...this.#writing.values()].map((one) => one.name);
    if (this.typingLine) {
      this.typingLine.hidden = !names.length;
      const text = names.length > 2 ? say("manyWrite") : say(names.length > 1 ? "twoWrite" : "writes", { name: names[0] ?? "", other: names[1] ?? "" });
      if (names.length) this.typingLine.querySelector("[data-who]")!.textContent = text;
    }
    if (names.length) this.#timer = window.setTimeout(() => this.#draw(), HOLDS / 2);
  }
}
