import type { Messages } from "../../wire/chat";
import { Voice } from "./announce";
import { Composer } from "./composer";
import { drop, retry, type Pending } from "./kept";
import type { Line } from "./line";
import type { List } from "./list";
import { LogView } from "./log-view";
import type { Outbox } from "./outbox";
import { fact, say } from "./words";

/** The open conversation: ties its log and the composer to the line. One per page. */
export class ChatRoom extends HTMLElement {
  #log: LogView | undefined;
  #composer: Composer | undefined;
  #outbox: Outbox | undefined;
  #voice: Voice | undefined;

  get c(): number {
    return Number(this.dataset.c);
  }

  async start(line: Line, outbox: Outbox, list: List): Promise<void> {
    const voice = new Voice(this.querySelector<HTMLElement>("[data-say]")!);
    const log = new LogView(this, {
      line,
      list,
      voice,
      again: (id) => void retry(id).then(() => this.#changed()),
      discard: (id) => void drop(id).then(() => this.#changed()),
      write: () => this.#composer?.focus(),
    });
    await log.start();
    this.#log = log;
    this.#voice = voice;
    this.#outbox = outbox;
    const form = this.querySelector<HTMLFormElement>("[data-composer]");
    if (form) {
      this.#composer = new Composer(form, {
        c: this.c,
        speak: (text) => voice.speak(text),
        said: (one) => {
          log.said(one);
          outbox.tell();
          void outbox.flush();
        },
        latestOwn: () => log.latestOwn(),
        writing: () => line.say({ op: "writing", c: this.c }),
      });
      await this.#composer.restore();
    }
    this.dataset.ready = "1";
  }

  // --- from the line; before the start nothing is missed, for subscribing brings it ---

  up(): void {
    this.#log?.up();
  }

  down(): void {
    this.#log?.down();
  }

  messages(event: Messages): void {
    this.#log?.messages(event);
  }

  settled(): void {
    this.#log?.settled();
  }

  gone(): void {
    this.#voice?.speak(say("gone"));
    setTimeout(() => location.assign(fact("listUrl")), 1_500);
  }

  sent(one: Pending, seq: number): void {
    this.#log?.sent(one, seq);
  }

  async outboxChanged(slow: boolean): Promise<void> {
    await this.#log?.waitingChanged(slow);
  }

  #changed(): void {
    this.#outbox?.tell();
    void this.#outbox?.flush();
    this.#composer?.focus();
  }
}
