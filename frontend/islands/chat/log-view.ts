import { render } from "lit/html.js";
import type { Item, Messages } from "../../wire/chat";
import type { Voice } from "./announce";
import { outbox, type Pending } from "./kept";
import { focusables, moveByArrows } from "./keys";
import type { Line } from "./line";
import type { List } from "./list";
import { drawLog, type Waiting } from "./log";
import { fact, say, sayCount } from "./words";

const NEAR = 80;
const IN_PAGE = 200;

/** What a log needs of the room around it. */
export interface Around {
  line: Line;
  list: List;
  voice: Voice;
  again(id: string): void;
  discard(id: string): void;
  /** Put the focus where one writes. */
  write(): void;
}

/** The log of the open conversation: what is shown of it, where one stands in it, what is read. */
export class LogView {
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
  #log!: HTMLElement;
  #rows!: HTMLElement;
  #jump!: HTMLElement;
  readonly #c: number;

  constructor(
    private readonly root: HTMLElement,
    private readonly around: Around,
  ) {
    this.#c = Number(root.dataset.c);
  }

  async start(): Promise<void> {
    const root = this.root;
    this.#log = root.querySelector<HTMLElement>(".log")!;
    this.#rows = root.querySelector<HTMLElement>(".ms")!;
    this.#jump = root.querySelector<HTMLElement>("[data-jump]")!;
    this.#items = JSON.parse(root.querySelector("[data-items]")!.textContent!) as Item[];
    this.#mark = this.#read = Number(root.dataset.read);
    this.#last = root.dataset.past ? (this.#items.at(-1)?.seq ?? 0) : Number(root.dataset.head);
    this.#more = !!Number(root.dataset.older);
    root.querySelector("[data-read-form]")?.remove();
    root.querySelector("[data-hello]")?.toggleAttribute("hidden", this.#items.length > 0);
    await this.#loadWaiting();
    this.#rows.replaceChildren();
    this.#draw();
    this.#toTheNew();
    this.#listen();
    this.#seen();
  }

  // --- from the line ---

  up(): void {
    this.#online = true;
    this.around.line.say({ op: "subscribe", c: this.#c, after: this.#last });
    this.#draw();
    this.#seen();
  }

  down(): void {
    this.#online = false;
    this.#draw();
  }

  messages(event: Messages): void {
    if (event.after > this.#last) {
      this.around.line.say({ op: "sync", c: this.#c, after: this.#last });
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
    this.around.list.here(this.#c, fresh, !looking);
    if (others.length && this.#live && document.visibilityState === "visible") this.around.voice.arrived(others);
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

  // --- from the outbox and the composer ---

  sent(one: Pending, seq: number): void {
    if (one.c !== this.#c || this.#items.some((item) => item.id === one.id)) return;
    this.#sent.push({ ...one, seq });
  }

  /** Something of one's own waits from now on; whoever writes has seen what is there. */
  said(one: Pending): void {
    this.#waiting.push(one);
    this.#mark = this.#last;
    this.#current = "";
    this.#draw(true);
  }

  async waitingChanged(slow: boolean): Promise<void> {
    this.#slow = slow;
    await this.#loadWaiting();
    this.#draw();
  }

  latestOwn(): Item | undefined {
    const me = Number(fact("me"));
    return this.#items.findLast((item) => item.kind === "text" && item.sender === me && !item.hidden && !item.gone);
  }

  async #loadWaiting(): Promise<void> {
    this.#waiting = (await outbox()).filter((one) => one.c === this.#c);
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
      reportUrl: this.root.dataset.reportUrl ?? "",
      current: this.#current || this.#lastId(),
      again: this.around.again,
      discard: this.around.discard,
    };
    render(drawLog(view), this.#rows);
    this.root
      .querySelector("[data-hello]")
      ?.toggleAttribute("hidden", view.items.length + view.waiting.length > 0);
    this.#olderLink();
    if (stick) this.#toEnd();
    this.#drawJump();
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
    const place = this.root.querySelector(".log__older")!;
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
    const response = await fetch(`${this.root.dataset.messagesUrl}?vor=${before}`);
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
      if (this.around.line.say({ op: "read", c: this.#c, seq: this.#last })) {
        this.#read = this.#last;
        this.around.list.read(this.#c);
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
      this.around.write();
    });
    this.root.querySelector(".log__older")!.addEventListener("click", (event) => {
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
}
