import type { Item, Messages, Presence, Typing } from "../../wire/chat";
import { Voice } from "./announce";
import { Company } from "./company";
import { Composer } from "./composer";
import { drop, retry, type Pending } from "./kept";
import type { Line } from "./line";
import type { List } from "./list";
import { LogView } from "./log-view";
import type { Outbox } from "./outbox";
import { Pins } from "./pins";
import { listenForShortcuts } from "./shortcuts";
import { Thread } from "./thread";
import { fact, say } from "./words";

const NOTE_FOR = 6_000;

/** The open conversation: ties its log, what stands around it and the composer to the line. One per page. */
export class ChatRoom extends HTMLElement {
  #log: LogView | undefined;
  #composer: Composer | undefined;
  #outbox: Outbox | undefined;
  #voice: Voice | undefined;
  #company: Company | undefined;
  #pins: Pins | undefined;
  #thread: Thread | undefined;
  #noting = 0;

  get c(): number {
    return Number(this.dataset.c);
  }

  async start(line: Line, outbox: Outbox, list: List): Promise<void> {
    const voice = new Voice(this.querySelector<HTMLElement>("[data-say]")!);
    this.#voice = voice;
    this.#outbox = outbox;
    const form = this.querySelector<HTMLFormElement>("[data-composer]");
    const deeds = {
      urls: this.dataset,
      answer: form ? (item: Item) => this.#composer?.answer(item) : undefined,
      edit: (item: Item) => this.#composer?.edit(item),
      thread: (seq: number) => this.#thread?.open(seq) ?? false,
      note: (text: string) => this.#note(text),
      write: () => this.#composer?.focus(),
      redraw: (now: Item) => this.#redraw(now),
    };
    const log = new LogView(this, {
      ...deeds,
      line,
      list,
      voice,
      again: (id) => void retry(id).then(() => this.#changed()),
      discard: (id) => void drop(id).then(() => this.#changed()),
    });
    await log.start();
    this.#log = log;
    const direct = this.dataset.kind === "direct";
    this.#company = new Company(this.querySelector("[data-typing]"), document.querySelector("[data-presence]"), direct);
    const panel = document.getElementById("faden");
    if (panel)
      this.#thread = new Thread(panel, {
        ...deeds,
        messagesUrl: this.dataset.messagesUrl ?? "",
        item: () => undefined,
        jump: (seq) => void log.jump(seq),
        unread: (seq) => log.keepUnread(seq),
        next: () => undefined,
      });
    const bar = this.querySelector<HTMLElement>("[data-pins]");
    if (bar) this.#pins = new Pins(bar, document.querySelector("[data-pin-list]"), (seq) => void log.jump(seq));
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
    this.#ways(log);
    this.dataset.ready = "1";
    void this.#pins?.load(this.dataset.messagesUrl ?? "");
  }

  /** Keys, the way to a date, and the help that names them. */
  #ways(log: LogView): void {
    const help = document.getElementById("chat-help") as HTMLDialogElement | null;
    listenForShortcuts({
      act: (deed) => log.act(deed),
      newest: () => void log.newest(),
      firstUnread: () => void log.toFirstUnread(),
      help: () => help?.showModal(),
    });
    document.querySelector("[data-chat-help]")?.removeAttribute("hidden");
    document.querySelector<HTMLFormElement>("[data-to-day]")?.addEventListener("submit", (event) => {
      event.preventDefault();
      const form = event.currentTarget as HTMLFormElement;
      const day = new FormData(form).get("tag");
      form.closest<HTMLElement>("[popover]")?.hidePopover();
      if (typeof day === "string" && day) void log.toDay(day);
    });
  }

  // --- from the line; before the start nothing is missed, for subscribing brings it ---

  up(): void {
    this.#log?.up();
  }

  down(): void {
    this.#log?.down();
    this.#company?.alone();
  }

  messages(event: Messages): void {
    if (!this.#log) return;
    this.#company?.said(event.items);
    this.#log.messages(event);
    this.#thread?.messages(event.items);
    for (const { now } of event.items) if (now) this.#pins?.change(now);
  }

  typing(event: Typing): void {
    this.#company?.typing(event);
  }

  presence(event: Presence): void {
    this.#company?.presence(event);
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

  #redraw(now: Item): void {
    this.#log?.change(now);
    this.#thread?.change(now);
  }

  /** A sentence for the eyes and the ears; it goes by itself. */
  #note(text: string): void {
    const place = this.querySelector<HTMLElement>("[data-note]");
    clearTimeout(this.#noting);
    if (place) {
      place.textContent = text;
      place.hidden = false;
      this.#noting = window.setTimeout(() => (place.hidden = true), NOTE_FOR);
    }
    this.#voice?.speak(text);
  }

  #changed(): void {
    this.#outbox?.tell();
    void this.#outbox?.flush();
    this.#composer?.focus();
  }
}
