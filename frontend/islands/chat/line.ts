import { HEARTBEAT, type Beat, type Command, type Event, type Head, type Messages } from "../../wire/chat";
import { newId } from "./ids";
import { Shared } from "./shared";
import { Socket, type SocketHost } from "./socket";

const LOCK = "lotsennetz-chat-line";
const ANSWERS_WITHIN = 2_500;
const COMPARE_AFTER = 1_500;

/** What the tabs of one person tell each other. */
type Note =
  | { is: "new"; tab: string }
  | { is: "state"; up: boolean; to?: string }
  | { is: "say"; tab: string; command: Command }
  | { is: "event"; event: Event }
  | { is: "alive?"; tab: string }
  | { is: "alive"; to: string }
  | { is: "left"; tab: string }
  | { is: "signed out" };

/**
 * The line to the server. All tabs of a browser share one: whoever holds the lock holds the socket and serves the
 * others; when it closes, another takes over, and each catches up from its own number. Where the browser cannot share,
 * each tab has a socket of its own.
 */
export class Line {
  open = false;
  #socket: Socket | undefined;
  #shared: Shared | undefined;
  #release: (() => void) | undefined;
  #waiting = 0;
  /** The conversations this tab shows, with the last number it has of each. */
  #shows = new Map<number, number>();
  readonly #tab = newId();
  readonly #lock: string;
  readonly #tabs: BroadcastChannel | undefined;

  constructor(
    private readonly on: SocketHost,
    person: string,
  ) {
    this.#lock = `${LOCK}-${person}`;
    this.#listen();
    if (!navigator.locks || !("BroadcastChannel" in window)) {
      this.#hold();
      return;
    }
    this.#tabs = new BroadcastChannel(this.#lock);
    this.#tabs.onmessage = (message: MessageEvent<Note>) => this.#note(message.data);
    // Held as long as this tab lives: by it the others know who is gone without a word.
    void navigator.locks.request(this.#tab, () => new Promise(() => undefined));
    this.#queue();
    this.#tell({ is: "new", tab: this.#tab });
  }

  /** Say something to the server; no when there is no line, and then it was not said. */
  say(command: Command): boolean {
    if (command.op === "subscribe" || command.op === "sync") this.#shows.set(command.c, command.after);
    else if (command.op === "unsubscribe") this.#shows.delete(command.c);
    if (this.#shared) return this.#shared.say(this.#tab, command);
    if (this.open) this.#tell({ is: "say", tab: this.#tab, command });
    return this.open;
  }

  // --- who holds it ---

  /** Hold the line as soon as nobody else does; `steal` takes it from a tab that does not answer. */
  #queue(steal = false): void {
    navigator.locks
      .request(this.#lock, steal ? { steal } : {}, () => {
        this.#hold();
        return new Promise<void>((release) => (this.#release = release));
      })
      .catch(() => {
        // Taken by another tab while this one slept: it has the word now.
        this.#letGo();
        this.#queue();
        this.#tell({ is: "new", tab: this.#tab });
      });
  }

  #hold(): void {
    clearTimeout(this.#waiting);
    this.#waiting = 0;
    if (this.#socket) return;
    this.#state(false);
    const mine = () => this.#socket === socket;
    const socket: Socket = new Socket({
      event: (event) => {
        if (!mine()) return;
        this.#shared?.heard(event);
        this.#tell({ is: "event", event });
        this.#heard(event);
      },
      up: () => {
        if (!mine()) return;
        this.#shared?.begin();
        this.#state(true);
      },
      down: () => mine() && this.#state(false),
      signedOut: () => {
        this.#tell({ is: "signed out" });
        this.on.signedOut();
      },
    });
    this.#socket = socket;
    this.#shared = new Shared(socket);
  }

  #letGo(): void {
    const socket = this.#socket;
    this.#socket = this.#shared = undefined;
    socket?.end();
    this.#release?.();
    this.#release = undefined;
    this.#is(false);
  }

  /** Up or down: to this tab and the others. */
  #state(up: boolean): void {
    this.#tell({ is: "state", up });
    this.#is(up);
  }

  #is(up: boolean): void {
    const before = this.open;
    this.open = up;
    if (up) this.on.up();
    else if (before) this.on.down();
  }

  // --- among tabs ---

  #tell(note: Note): void {
    this.#tabs?.postMessage(note);
  }

  #note(note: Note): void {
    const holding = this.#shared;
    switch (note.is) {
      case "new":
        if (!holding || !this.open) break;
        this.#tell({ is: "state", up: true, to: note.tab });
        this.#socket?.wake();
        break;
      case "say":
        holding?.say(note.tab, note.command);
        break;
      case "left":
        holding?.left(note.tab);
        break;
      case "alive?":
        if (!holding) break;
        this.#tell({ is: "alive", to: note.tab });
        // Whoever woke up wants to know how everything stands, and whether the line still does.
        this.#socket?.wake();
        break;
      case "alive":
        if (note.to !== this.#tab) break;
        clearTimeout(this.#waiting);
        this.#waiting = 0;
        break;
      case "state":
        if (!holding && (!note.to || note.to === this.#tab)) this.#is(note.up);
        break;
      case "event":
        if (!holding) this.#heard(note.event);
        break;
      case "signed out":
        this.on.signedOut();
    }
  }

  #listen(): void {
    addEventListener("online", () => this.#wake());
    addEventListener("offline", () => this.#socket?.cut());
    addEventListener("pageshow", (event) => {
      if (!event.persisted) return;
      if (this.#tabs) this.#queue();
      else this.#hold();
      this.#wake();
    });
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#wake());
    // A closed page must not hold its line in the cache of the browser.
    addEventListener("pagehide", () => {
      this.#tell({ is: "left", tab: this.#tab });
      if (this.#socket) this.#tell({ is: "state", up: false });
      this.#letGo();
    });
    setInterval(() => document.visibilityState === "visible" && !this.#socket && this.#wake(), HEARTBEAT * 1000);
  }

  /** Something woke up. Who holds the line asks the server; the others ask whether somebody holds it. */
  #wake(): void {
    if (this.#socket) {
      this.#socket.wake();
      return;
    }
    if (!this.#tabs || this.#waiting) return;
    this.#tell({ is: "alive?", tab: this.#tab });
    // A tab in the background may be asleep with the line in its hand.
    this.#waiting = window.setTimeout(() => {
      this.#waiting = 0;
      if (!this.#socket && document.visibilityState === "visible") this.#queue(true);
    }, ANSWERS_WITHIN);
  }

  // --- what comes ---

  #heard(event: Event): void {
    if (event.op === "messages") {
      const has = this.#shows.get(event.c);
      if (has === undefined) {
        // Another tab shows this conversation; for the list here it is news like any other.
        const head = headOf(event);
        if (head) this.on.event(head);
        return;
      }
      const last = event.items.at(-1)?.seq ?? event.after;
      if (event.after <= has && last > has) this.#shows.set(event.c, last);
    }
    this.on.event(event);
    if (event.op === "beat") window.setTimeout(() => this.#compare(event), COMPARE_AFTER);
  }

  /**
   * Whoever is behind the heads of a beat, although what was under way has come by now, asks for the rest; and whether
   * a conversation that is not among them is still there.
   */
  #compare(beat: Beat): void {
    for (const [c, has] of this.#shows)
      if ((beat.heads[c] ?? Number.POSITIVE_INFINITY) > has) this.say({ op: "sync", c, after: has });
  }
}

function headOf(event: Messages): Head | undefined {
  const last = event.items.findLast((item) => item.kind === "text" && !item.hidden && !item.gone);
  if (!last) return undefined;
  const line = last.text.split("\n")[0] ?? "";
  const { at, sender, name, mentions, everyone } = last;
  return { op: "head", c: event.c, head: last.seq, at, sender, name, line, mentions, everyone };
}
