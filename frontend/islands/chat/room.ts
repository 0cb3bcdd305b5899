import { render } from "lit/html.js";
import type { Item, Messages } from "../../wire/chat";
import { Voice } from "./announce";
import { Composer } from "./composer";
import { drop, outbox, retry } from "./kept";
import { focusables, moveByArrows } from "./keys";
import type { Line } from "./line";
import type { List } from "./list";
import { drawLog, type Waiting } from "./log";
import type { Outbox } from "./outbox";
import { fact, say, sayCount } from "./words";

const NEAR = 80;
const IN_PAGE = 200;

/** The open conversation: its log, what waits, and where one writes. One per page. */
export class ChatRoom extends HTMLElement {
  #items: Item[] = [];
  #waiting: Waiting[] = [];
  #sent: Waiting[] = [];
  #last = 0;
  #mark = 0;
  #read = 0;
  #fresh = 0;
  #current = "";
  #online = true;
  #slow = false;
  #live = false;
  #more = false;
  #stuck = true;
  #reading = 0;
  #line: Line | undefined;
  #outbox: Outbox | undefined;
  #list: List | undefined;
  #voice!: Voice;
  #log!: HTMLElement;
  #rows!: HTMLElement;
  #jump!: HTMLElement;
  #composer: Composer | undefined;

  get c(): number {
    return Number(this.dataset.c);
  }

  async start(line: Line, outbox_: Outbox, list: List): Promise<void> {
    this.#line = line;
    this.#outbox = outbox_;
    this.#list = list;
    this.#log = this.querySelector<HTMLElement>(".log")!;
    this.#rows = this.querySelector<HTMLElement>(".ms")!;
    this.#jump = this.querySelector<HTMLElement>("[data-jump]")!;
    this.#voice = new Voice(this.querySelector<HTMLElement>("[data-say]")!);
    this.#items = JSON.parse(this.querySelector("[data-items]")!.textContent!) as Item[];
    this.#mark = this.#read = Number(this.dataset.read);
    this.#last = this.dataset.past ? (this.#items.at(-1)?.seq ?? 0) : Number(this.dataset.head);
    this.#more = !!Number(this.dataset.older);
    this.querySelector("[data-read-form]")?.remove();
    this.querySelector("[data-hello]")?.toggleAttribute("hidden", this.#items.length > 0);
    await this.#loadWaiting();
    this.#rows.replaceChildren();
    this.#draw();
    this.#toTheNew();
    this.#listen();
    await this.#compose();
    this.#seen();
    this.dataset.ready = "1";
  }

  // --- from the line ---

  up(): void {
    if (!this.dataset.ready) return;
    this.#online = true;
    this.#line?.say({ op: "subscribe", c: this.c, after: this.#last });
    this.#draw();
    this.#seen();
  }

  down(): void {
    this.#online = false;
    if (!this.dataset.ready) return;
    this.#draw();
  }

  messages(event: Messages): void {
    if (!this.dataset.ready) return;
    if (event.after > this.#last) {
      this.#line?.say({ op: "sync", c: this.c, after: this.#last });
      return;
    }
    const fresh = event.items.filter((item) => item.seq > this.#last);
    if (!fresh.length) return;
    const me = Number(fact("me"));
    const near = this.#nearEnd();
    const looking = document.visibilityState === "visible" && near;
    // Whoever sees everything as it comes needs no line; whoever looks away finds one.
    if (looking && this.#read >= this.#last && this.#mark < this.#last) this.#mark = this.#last;
    for (const item of fresh) this.#take(item);
    this.#last = fresh.at(-1)!.seq;
    const texts = fresh.filter((item) => item.kind === "text");
    const others = texts.filter((item) => item.sender !== me);
    if (looking && this.#mark >= event.after) this.#mark = this.#last;
    if (!near) this.#fresh += others.length;
    const arrived = new Set(fresh.map((item) => item.id));
    this.#sent = this.#sent.filter((one) => !arrived.has(one.id));
    this.#trim(near);
    this.#draw(near);
    this.#list?.here(this.c, fresh, !looking);
    if (others.length && this.#live && document.visibilityState === "visible") this.#voice.arrived(others);
    this.#live = true;
    this.#seen();
  }

  #take(item: Item): void {
    if (item.kind !== "change") {
      this.#items.push(item);
      return;
    }
    const changed = this.#items.findIndex((one) => one.seq === item.target);
    if (changed >= 0 && item.now) this.#items[changed] = item.now;
  }

  /** The rest of the first answer is history; what comes after the beat is news. */
  settled(): void {
    this.#live = true;
  }

  gone(): void {
    this.#voice.speak(say("gone"));
    setTimeout(() => location.assign(fact("listUrl")), 1_500);
  }

  sent(one: Waiting, seq: number): void {
    if (one.c !== this.c || this.#items.some((item) => item.id === one.id)) return;
    this.#sent.push({ ...one, seq });
  }

  async outboxChanged(slow: boolean): Promise<void> {
    if (!this.dataset.ready) return;
    this.#slow = slow;
    await this.#loadWaiting();
    this.#draw();
  }

  async #loadWaiting(): Promise<void> {
    this.#waiting = (await outbox()).filter((one) => one.c === this.c);
  }

  // --- drawing ---

  #draw(stick = this.#nearEnd()): void {
    const known = new Set(this.#waiting.map((one) => one.id));
    const view = {
      items: this.#items,
      waiting: [...this.#sent.filter((one) => !known.has(one.id)), ...this.#waiting],
      mark: this.#mark,
      online: this.#online,
      slow: this.#slow,
      reportUrl: this.dataset.reportUrl ?? "",
      current: this.#current || this.#lastId(),
      again: (id: string) => void retry(id).then(() => this.#changed()),
      discard: (id: string) => void drop(id).then(() => this.#changed()),
    };
    render(drawLog(view), this.#rows);
    this.querySelector("[data-hello]")?.toggleAttribute("hidden", view.items.length + view.waiting.length > 0);
    this.#olderLink();
    if (stick) this.#toEnd();
    this.#drawJump();
  }

  #changed(): void {
    this.#outbox?.tell();
    void this.#outbox?.flush();
    this.#composer?.focus();
  }

  #lastId(): string {
    const one = this.#waiting.at(-1);
    if (one) return `p${one.id}`;
    const item = this.#items.at(-1);
    return item ? `m${item.seq}` : "";
  }

  #nearEnd(): boolean {
    return this.#log.scrollHeight - this.#log.scrollTop - this.#log.clientHeight < NEAR;
  }

  #toEnd(): void {
    this.#log.scrollTop = this.#log.scrollHeight;
    this.#stuck = true;
    this.#fresh = 0;
  }

  #toTheNew(): void {
    const line = this.#rows.querySelector<HTMLElement>(".newline");
    if (line) line.scrollIntoView({ block: "center" });
    else this.#toEnd();
    this.#stuck = this.#nearEnd();
    this.#drawJump();
  }

  #drawJump(): void {
    const away = !this.#nearEnd();
    this.#jump.hidden = !away;
    if (away)
      this.#jump.querySelector("span")!.textContent = this.#fresh
        ? sayCount("newestCount", this.#fresh)
        : say("newest");
  }

  /** A page holds about 200 messages; the one in focus stays. */
  #trim(near: boolean): void {
    if (!near || this.#items.length <= IN_PAGE + 100) return;
    const held = this.#rows.contains(document.activeElement) && document.activeElement?.closest("article")?.id;
    const first = this.#items.findIndex((item) => `m${item.seq}` === held);
    const cut = this.#items.length - IN_PAGE;
    this.#items.splice(0, first >= 0 ? Math.min(first, cut) : cut);
    this.#more = true;
  }

  #olderLink(): void {
    const place = this.querySelector(".log__older")!;
    const link = place.querySelector<HTMLAnchorElement>("a");
    if (!this.#more) {
      link?.remove();
      return;
    }
    const one = link ?? document.createElement("a");
    one.className = "btn-older";
    one.href = `?vor=${this.#items[0]?.seq ?? 1}`;
    one.textContent = say("older");
    if (!link) place.append(one);
  }

  async #older(): Promise<void> {
    const before = this.#items[0]?.seq;
    if (!before) return;
    const response = await fetch(`${this.dataset.messagesUrl}?vor=${before}`);
    if (!response.ok) return;
    const { items, more } = (await response.json()) as { items: Item[]; more: boolean };
    const height = this.#log.scrollHeight;
    const top = this.#log.scrollTop;
    this.#items = [...items.filter((item) => item.seq < before), ...this.#items];
    this.#more = more;
    this.#draw(false);
    this.#log.scrollTop = top + this.#log.scrollHeight - height;
  }

  // --- reading ---

  /** What is at the end of a log that somebody looks at is read. */
  #seen(): void {
    clearTimeout(this.#reading);
    this.#reading = window.setTimeout(() => {
      if (document.visibilityState !== "visible" || !this.#nearEnd() || this.#read >= this.#last) return;
      if (this.#line?.say({ op: "read", c: this.c, seq: this.#last })) {
        this.#read = this.#last;
        this.#list?.read(this.c);
      }
    }, 400);
  }

  // --- people ---

  #listen(): void {
    // A bar above or a growing box below must not hide the end from who stands there.
    new ResizeObserver(() => this.#stuck && this.#toEnd()).observe(this.#log);
    this.#log.addEventListener("scroll", () => {
      this.#stuck = this.#nearEnd();
      if (this.#nearEnd()) this.#fresh = 0;
      this.#drawJump();
      this.#seen();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.#seen();
      else if (this.#read >= this.#last) this.#mark = this.#last;
    });
    this.#jump.addEventListener("click", () => {
      this.#toEnd();
      this.#drawJump();
      this.#composer?.focus();
    });
    this.querySelector(".log__older")!.addEventListener("click", (event) => {
      if (!(event.target as HTMLElement).closest("a")) return;
      event.preventDefault();
      void this.#older();
    });
    this.#rows.addEventListener("focusin", (event) => {
      const article = (event.target as HTMLElement).closest("article");
      if (!article || article.id === this.#current) return;
      this.#rows.querySelector<HTMLElement>('article[tabindex="0"]')?.setAttribute("tabindex", "-1");
      article.tabIndex = 0;
      this.#current = article.id;
    });
    this.#rows.addEventListener("keydown", (event) => {
      if (moveByArrows(event, focusables(this.#rows))) event.preventDefault();
    });
  }

  async #compose(): Promise<void> {
    const form = this.querySelector<HTMLFormElement>("[data-composer]");
    if (!form) return;
    this.#composer = new Composer(form, {
      c: this.c,
      speak: (text) => this.#voice.speak(text),
      said: (one) => this.#said(one),
    });
    await this.#composer.restore();
  }

  #said(one: Waiting): void {
    this.#waiting.push(one);
    this.#mark = this.#last;
    this.#current = "";
    this.#draw(true);
    this.#outbox?.tell();
    void this.#outbox?.flush();
  }
}
