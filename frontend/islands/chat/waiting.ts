import type { Item } from "../../wire/chat";
import { outbox, type Pending } from "./kept";
import type { Waiting } from "./message";

/** What was said in a conversation and is not back in its log yet: in the outbox, or stored a moment ago. */
export class WaitingList {
  #waiting: Waiting[] = [];
  #sent: Waiting[] = [];

  constructor(private readonly c: number) {}

  async load(): Promise<void> {
    this.#waiting = (await outbox()).filter((one) => one.c === this.c);
  }

  add(one: Pending): void {
    this.#waiting.push(one);
  }

  sent(one: Pending, seq: number): void {
    if (one.c === this.c) this.#sent.push({ ...one, seq });
  }

  /** These are in the log now. */
  arrived(items: Item[]): void {
    const ids = new Set(items.map((item) => item.id));
    this.#sent = this.#sent.filter((one) => !ids.has(one.id));
  }

  get all(): Waiting[] {
    const known = new Set(this.#waiting.map((one) => one.id));
    return [...this.#sent.filter((one) => !known.has(one.id)), ...this.#waiting];
  }
}
