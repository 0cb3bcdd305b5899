import { render } from "lit/html.js";
import type { Item, Messages } from "../../wire/chat";
import { Actions, type ActionHost } from "./actions";
import type { Voice } from "./announce";
import { Anew } from "./anew";
import { whenCardsCome } from "./cards";
import { besides, drawEdge } from "./edges";
import { listenToLog } from "./hands";
import type { Pending } from "./kept";
import type { Line } from "./line";
import type { List } from "./list";
import { drawLog } from "./log";
import type { Look } from "./message";
import { Place } from "./place";
import { Reading } from "./reading";
import { Source } from "./source";
import { WaitingList } from "./waiting";
import { firstOn, Window, type Stretch } from "./window";
import { fact, say, sayCount } from "./words";

/** Whoever missed more than this while away, or looks elsewhere, is led to where it begins instead of to the end. */
const MUCH = 15;
const HIT_FOR = 4_000;

/** What a log needs of the room around it. */
export interface Around extends Omit<ActionHost, "jump" | "item" | "unread" | "next"> {
  line: Line;
  list: List;
  voice: Voice;
  again(id: string): void;
  discard(id: string): void;
}

/** The log of the open conversation: what is shown of it, where one stands in it, what is read. */
export class LogView {
  readonly #window = new Window();
  readonly #place: Place;
  readonly #source: Source;
  readonly #actions: Actions;
  readonly #waiting: WaitingList;
  readonly #reading: Reading;
  readonly #anew: Anew;
  #mark: number;
  #fresh = 0;
  #current = "";
  #hit = 0;
  #online = true;
  #slow = false;
  #live = false;
  #gap = false;
  readonly #log: HTMLElement;
  readonly #rows: HTMLElement;
  readonly #jump: HTMLElement;
  readonly #c: number;

  constructor(
    private readonly root: HTMLElement,
    private readonly around: Around,
  ) {
    this.#c = Number(root.dataset.c);
    this.#log = root.querySelector<HTMLElement>(".log")!;
    this.#rows = root.querySelector<HTMLElement>(".ms")!;
    this.#jump = root.querySelector<HTMLElement>("[data-jump]")!;
    this.#place = new Place(this.#log, this.#rows);
    this.#source = new Source(root.dataset.messagesUrl ?? "");
    this.#waiting = new WaitingList(this.#c);
    this.#anew = new Anew(this.#window, (query) => this.#ask(query), () => this.#draw());
    this.#mark = Number(root.dataset.read);
    this.#reading = new Reading(
      this.#c,
      around.line,
      this.#place,
      Number(root.dataset.head),
      this.#mark,
      () => this.#nearEnd,
      () => around.list.read(this.#c),
    );
    this.#actions = new Actions(this.#rows, {
      ...around,
      item: (seq) => this.#window.find(seq),
      jump: (seq) => void this.jump(seq),
      unread: (seq) => this.keepUnread(seq),
      next: (article) => (besides(article, this.#rows) ?? this.#log).focus(),
      redraw: (now) => around.redraw(now),
    });
  }

  async start(): Promise<void> {
    const { root } = this;
    const items = JSON.parse(root.querySelector("[data-items]")!.textContent!) as Item[];
    this.#window.replace({
      items,
      before: !!Number(root.dataset.before ?? root.dataset.older),
      more: root.dataset.more === undefined ? !!root.dataset.past : !!Number(root.dataset.more),
    });
    root.querySelector("[data-read-form]")?.remove();
    root.querySelector(".cmp__past")?.remove();
    await this.#waiting.load();
    this.#rows.replaceChildren();
    this.#draw(false);
    this.#open();
    this.#listen();
    this.#reading.seen();
    whenCardsCome(() => this.#draw());
  }

  /** Where one begins to read: what the address names, else the first unread, else the end. */
  #open(): void {
    const asked = new URLSearchParams(location.search).get("um") ?? /^#m(\d+)$/.exec(location.hash)?.[1];
    if (asked && this.#window.find(Number(asked))) void this.jump(Number(asked), false);
    else this.#toTheNew();
  }

  // --- from the line ---

  up(): void {
    this.#online = true;
    this.#gap = this.#live;
    this.around.line.say({ op: "subscribe", c: this.#c, after: this.#reading.last });
    this.#draw();
    this.#reading.seen();
  }

  down(): void {
    this.#online = false;
    this.#draw();
  }

  messages(event: Messages): void {
    if (event.after > this.#reading.last) {
      this.around.line.say({ op: "sync", c: this.#c, after: this.#reading.last });
      return;
    }
    const fresh = event.items.filter((item) => item.seq > this.#reading.last);
    if (!fresh.length) return;
    const me = Number(fact("me"));
    const others = fresh.filter((item) => item.kind === "text" && item.sender !== me);
    const near = this.#nearEnd;
    const awake = document.visibilityState === "visible";
    const looking = awake && near;
    // Who was away long, or is, does not stand at the end any more, but where the new begins.
    const much = others.length > MUCH && this.#gap;
    const stick = near && !much && (awake || this.#news.length + others.length <= MUCH);
    // Whoever sees everything as it comes needs no line; whoever looks away finds one.
    if (looking && this.#reading.done && this.#mark < this.#reading.last) this.#mark = this.#reading.last;
    if (!stick && this.#window.isFull) this.#window.more = true;
    for (const item of fresh) {
      if (item.kind !== "change") this.#window.add(item);
      else if (item.now) this.#window.change(item.now);
    }
    this.#reading.last = fresh.at(-1)!.seq;
    if (looking && stick && this.#mark >= event.after) this.#mark = this.#reading.last;
    if (!stick) this.#fresh += others.length;
    this.#waiting.arrived(fresh);
    if (stick) this.#window.cut("first", this.#needed());
    this.#draw(stick);
    if (much && near) this.#toTheNew();
    this.around.list.here(this.#c, fresh, !looking);
    void this.#anew.notes(fresh);
    if (others.length && this.#live && awake) this.around.voice.arrived(others);
    this.#live = true;
    if (!event.more) this.#gap = false;
    this.#reading.took(fresh.length);
    this.#reading.seen();
  }

  /** The rest of the first answer is history; what comes after the beat is news. */
  settled(): void {
    this.#live = true;
  }

  /** A message looks different: said by the server, or done here a moment before it says so. */
  change(now: Item): void {
    this.#window.change(now);
    this.#draw();
  }

  // --- from the outbox and the composer ---

  sent(one: Pending, seq: number): void {
    if (!this.#window.items.some((item) => item.id === one.id)) this.#waiting.sent(one, seq);
  }

  /** Something of one's own waits from now on; whoever writes has seen what is there. Not so who answers in a thread. */
  said(one: Pending, here = true): void {
    this.#waiting.add(one);
    if (!here) {
      this.#draw();
      return;
    }
    this.#mark = this.#reading.last;
    this.#reading.goOn();
    this.#current = "";
    if (this.#window.more) void this.newest();
    else this.#draw(true);
  }

  async waitingChanged(slow: boolean): Promise<void> {
    this.#slow = slow;
    await this.#waiting.load();
    this.#draw();
  }

  latestOwn(): Item | undefined {
    const me = Number(fact("me"));
    return this.#window.items.findLast((item) => item.kind === "text" && item.sender === me && !item.hidden && !item.gone);
  }

  // --- drawing ---

  #look(): Look {
    const { threadUrl = "", versionsUrl = "" } = this.root.dataset;
    return {
      current: this.#current || this.#lastId(),
      hit: this.#hit,
      online: this.#online,
      slow: this.#slow,
      threadUrl,
      versionsUrl,
      inThread: false,
      prefix: "",
      again: this.around.again,
      discard: this.around.discard,
    };
  }

  #draw(stick = this.#nearEnd && this.#place.stuck): void {
    // What waits stands below the newest; where that is not in the page, it would stand in the wrong place.
    const waiting = this.#window.more ? [] : this.#waiting.all;
    const { items, before, more } = this.#window;
    const view = { ...this.#look(), items, waiting, mark: this.#mark };
    this.#place.hold(() => {
      render(drawLog(view), this.#rows);
      drawEdge(this.#log, ".log__older", before ? `?vor=${this.#window.first}` : "", say("older"));
      drawEdge(this.#log, ".log__newer", more ? `?um=${this.#window.last}` : "", say("newer"));
      this.root.querySelector("[data-hello]")?.toggleAttribute("hidden", items.length + waiting.length > 0);
    }, stick);
    this.#actions.refresh();
    this.#drawJump();
  }

  #lastId(): string {
    const one = this.#window.more ? undefined : this.#waiting.all.at(-1);
    return one ? `p${one.id}` : this.#window.last ? `m${this.#window.last}` : "";
  }

  get #nearEnd(): boolean {
    return !this.#window.more && this.#place.atEnd;
  }

  /** What is new of others, as far as it is in the page. */
  get #news(): Item[] {
    return this.#window.items.filter((item) => item.seq > this.#mark && item.sender !== Number(fact("me")));
  }

  #toTheNew(): void {
    const line = this.#rows.querySelector<HTMLElement>(".newline");
    if (line) this.#place.show(line);
    else this.#place.toEnd();
    this.#place.stuck = this.#nearEnd;
    this.#drawJump();
  }

  #drawJump(): void {
    const away = !this.#nearEnd;
    this.#jump.hidden = !away;
    if (away)
      this.#jump.querySelector("span")!.textContent = this.#fresh ? sayCount("newestCount", this.#fresh) : say("newest");
  }

  /** What must not be let go: the message in focus, and those in sight. */
  #needed(): (item: Item) => boolean {
    const ids = new Set(this.#place.shown().map((one) => one.id));
    const focused = this.#rows.contains(document.activeElement) && document.activeElement?.closest("article");
    if (focused) ids.add(focused.id);
    return (item) => ids.has(`m${item.seq}`);
  }

  // --- loading ---

  /** Scrolling asks again by itself, a deed waits for its turn. */
  #ask(query: string, waits = true): Promise<Stretch | undefined> {
    return this.#source.ask(query, { waits, asking: () => this.#window.asks() });
  }

  async older(): Promise<void> {
    const stretch = this.#window.before && (await this.#ask(`vor=${this.#window.first}`, false));
    if (!stretch) return;
    this.#window.prepend({ items: stretch.items, before: stretch.before ?? !!stretch.more });
    this.#window.cut("last", this.#needed());
    this.#draw(false);
  }

  async newer(): Promise<void> {
    const stretch = this.#window.more && (await this.#ask(`um=${this.#window.last}`, false));
    if (!stretch) return;
    this.#window.append(stretch);
    this.#window.cut("first", this.#needed());
    this.#draw(false);
  }

  /** To the end of the log, with the newest messages in the page. */
  async newest(): Promise<void> {
    if (this.#window.more) {
      const stretch = await this.#ask(`vor=${this.#reading.last + 1}`);
      if (!stretch) return;
      this.#window.replace({ items: stretch.items, before: stretch.before ?? !!stretch.more, more: false });
    }
    this.#fresh = 0;
    this.#draw(true);
    this.#reading.seen();
  }

  /** Lead to a message, wherever it is; it is marked for a moment. */
  async jump(seq: number, focus = true): Promise<boolean> {
    if (!this.#window.find(seq)) {
      const stretch = await this.#ask(`um=${seq}`);
      if (stretch?.items.some((item) => item.seq === seq)) this.#window.replace(stretch);
    }
    if (!this.#window.find(seq)) {
      this.around.note(say("notHere"));
      return false;
    }
    this.#hit = seq;
    this.#draw(false);
    const article = document.getElementById(`m${seq}`)!;
    this.#place.show(article);
    if (focus) article.focus({ preventScroll: true });
    setTimeout(() => {
      if (this.#hit !== seq) return;
      this.#hit = 0;
      this.#draw();
    }, HIT_FOR);
    return true;
  }

  /** To the first message of a day (YYYY-MM-DD) or, where none is, the first after it. */
  async toDay(day: string): Promise<void> {
    const stretch = await this.#ask(`tag=${day}`);
    const first = stretch && firstOn(stretch, day);
    if (!stretch || !first) {
      this.around.note(say("noDay"));
      return;
    }
    this.#window.replace(stretch);
    await this.jump(first.seq);
  }

  async toFirstUnread(): Promise<void> {
    const first = this.#news[0];
    if (first) await this.jump(first.seq);
    else await this.newest();
  }

  /** It stays unread from here on, until one writes or comes again. */
  keepUnread(seq: number): void {
    this.#reading.keepUnread(seq);
    this.#mark = seq - 1;
    this.#draw(false);
  }

  /** What hands and eyes do in the log. */
  #listen(): void {
    listenToLog(this.#log, this.#rows, this.#jump, {
      older: () => this.older(),
      newer: () => this.newer(),
      newest: () => this.newest(),
      goesOn: () => this.#window.more,
      write: () => this.around.write(),
      speak: (text) => this.around.voice.speak(text),
      scrolled: () => this.#scrolled(),
      looked: (looks) => {
        if (looks) {
          this.#reading.seen();
          void this.#anew.look();
        } else if (this.#reading.done) this.#mark = this.#reading.last;
      },
      stands: (id) => (this.#current = id),
    });
  }

  #scrolled(): void {
    this.#place.stuck = this.#nearEnd;
    this.#place.remember();
    if (this.#nearEnd) this.#fresh = 0;
    this.#drawJump();
    this.#reading.seen();
    const { above, below } = this.#place.room;
    if (above < 1) void this.older();
    else if (below < 1) void this.newer();
  }

  /** A deed by its key, on the message one stands on. */
  act(deed: string): boolean {
    return this.#actions.onFocused(deed);
  }
}
