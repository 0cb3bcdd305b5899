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
  #inThread: Composer | undefined;
  /** Brings the second form into the page, which needs it only once a thread is open. */
  #inPanel: (() => void) | undefined;
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
      thread: (seq: number) => {
        this.#inPanel?.();
        return this.#thread?.open(seq) ?? false;
      },
      note: (text: string) => this.#note(text),
      write: () => this.#composer?.focus(),
      redraw: (now: Item) => this.#redraw(now),
    };
    const all = {
      ...deeds,
      again: (id: string) => void retry(id).then(() => this.#changed()),
      discard: (id: string) => void drop(id).then(() => this.#changed()),
    };
    const log = new LogView(this, { ...all, line, list, voice });
    await log.start();
    this.#log = log;
    const direct = this.dataset.kind === "direct";
    this.#company = new Company(this.querySelector("[data-typing]"), document.querySelector("[data-presence]"), direct);
    const panel = document.getElementById("faden");
    if (panel)
      this.#thread = new Thread(panel, {
        ...all,
        answer: form ? (item) => this.#inThread?.answer(item) : undefined,
        messagesUrl: this.dataset.messagesUrl ?? "",
        item: () => undefined,
        jump: (seq) => void log.jump(seq),
        unread: (seq) => log.keepUnread(seq),
        next: () => undefined,
      });
    const bar = this.querySelector<HTMLElement>("[data-pins]");
    if (bar) this.#pins = new Pins(bar, document.querySelector("[data-pin-list]"), (seq) => void log.jump(seq));
    if (form) await this.#compose(form, line, outbox, log);
    this.#ways(log);
    this.dataset.ready = "1";
    void this.#pins?.load(this.dataset.messagesUrl ?? "");
  }

  /** Where one writes: below the log and, a copy of that, below a thread. */
  async #compose(form: HTMLFormElement, line: Line, outbox: Outbox, log: LogView): Promise<void> {
    const host = {
      c: this.c,
      speak: (text: string) => this.#voice?.speak(text),
      latestOwn: () => log.latestOwn(),
      writing: () => line.say({ op: "writing", c: this.c }),
    };
    const said = (one: Pending, here: boolean) => {
      log.said(one, here);
      outbox.tell();
      void outbox.flush();
    };
    const place = document.querySelector<HTMLElement>("[data-thread-form]");
    const copy = place && this.#thread ? copyOf(form, place) : undefined;
    this.#composer = new Composer(form, { ...host, said: (one) => said(one, true) });
    await this.#composer.restore();
    if (!copy || !place) return;
    this.#inPanel = () => {
      if (!copy.isConnected) place.append(copy);
    };
    this.#inThread = new Composer(copy, {
      ...host,
      draft: `${this.c}/thread`,
      thread: () => this.#thread?.begin,
      said: (one) => {
        this.#thread?.said(one);
        said(one, false);
      },
    });
    await this.#inThread.restore();
  }

  /** Keys, the way to a date, and the help that names them. */
  #ways(log: LogView): void {
    const help = document.getElementById("chat-help") as HTMLDialogElement | null;
    listenForShortcuts({
      act: (deed) => log.act(deed) || !!this.#thread?.act(deed),
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
    this.#thread?.sent(one, seq);
  }

  async outboxChanged(slow: boolean): Promise<void> {
    await this.#log?.waitingChanged(slow);
    await this.#thread?.waitingChanged();
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

/** The form once more, with ids of its own and under the name of its place. */
function copyOf(form: HTMLFormElement, place: HTMLElement): HTMLFormElement {
  const copy = form.cloneNode(true) as HTMLFormElement;
  const ids = [...copy.querySelectorAll("[id]")].map((one) => one.id);
  const renamed = (value: string) => value.replace(/[^\s]+/g, (id) => (ids.includes(id) ? `t-${id}` : id));
  for (const one of copy.querySelectorAll("*"))
    for (const name of ["id", "for", "aria-describedby", "aria-controls", "aria-labelledby"]) {
      const value = one.getAttribute(name);
      if (value) one.setAttribute(name, renamed(value));
    }
  const box = copy.querySelector("textarea")!;
  const name = place.dataset.threadForm ?? "";
  box.value = "";
  box.placeholder = name;
  copy.setAttribute("aria-label", name);
  for (const label of copy.querySelectorAll<HTMLLabelElement>("label.kern-sr-only")) label.textContent = name;
  for (const old of copy.querySelectorAll("[data-answered], input[name=reply]")) old.remove();
  return copy;
}
