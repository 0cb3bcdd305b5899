import type { Command, Event } from "../../wire/chat";
import type { Socket } from "./socket";

/** One socket for several tabs: who shows which conversation, and how far the slowest has come. */
export class Shared {
  /** For each tab the conversations it shows, with the number up to which it has shown them. */
  #tabs = new Map<string, Map<number, number>>();
  /** Up to which number the line brought each conversation. */
  #brought = new Map<number, number>();
  #taken = new Map<number, number>();

  constructor(private readonly socket: Socket) {}

  /** A new connection: everybody says again what they show. */
  begin(): void {
    this.#tabs.clear();
    this.#brought.clear();
    this.#taken.clear();
  }

  say(tab: string, command: Command): boolean {
    const { socket } = this;
    switch (command.op) {
      case "subscribe":
      case "sync": {
        const before = this.#brought.get(command.c);
        this.#shows(tab).set(command.c, command.after);
        if (before === undefined) {
          this.#brought.set(command.c, command.after);
          return socket.say({ ...command, op: "subscribe" });
        }
        // Whoever has more already than the line brought drops what they know; whoever has less is caught up with.
        const after = Math.min(before, command.after);
        if (command.op === "subscribe" && after === before) return socket.open;
        this.#brought.set(command.c, after);
        return socket.say({ op: "sync", c: command.c, after });
      }
      case "unsubscribe":
        this.#tabs.get(tab)?.delete(command.c);
        return this.#forget(command.c);
      case "taken": {
        this.#shows(tab).set(command.c, command.seq);
        const slowest = Math.min(...this.#places(command.c));
        if (slowest <= (this.#taken.get(command.c) ?? 0)) return socket.open;
        this.#taken.set(command.c, slowest);
        return socket.say({ op: "taken", c: command.c, seq: slowest });
      }
      default:
        return socket.say(command);
    }
  }

  heard(event: Event): void {
    if (event.op === "messages" && this.#brought.has(event.c)) {
      const last = event.items.at(-1)?.seq ?? event.after;
      this.#brought.set(event.c, Math.max(last, this.#brought.get(event.c)!));
    }
    if (event.op === "beat" && this.#tabs.size > 1) void this.#look();
  }

  left(tab: string): void {
    const shown = [...(this.#tabs.get(tab)?.keys() ?? [])];
    this.#tabs.delete(tab);
    for (const c of shown) this.#forget(c);
  }

  #shows(tab: string): Map<number, number> {
    let shown = this.#tabs.get(tab);
    if (!shown) this.#tabs.set(tab, (shown = new Map()));
    return shown;
  }

  #places(c: number): number[] {
    return [...this.#tabs.values()].map((shown) => shown.get(c)).filter((seq) => seq !== undefined);
  }

  #forget(c: number): boolean {
    if (this.#places(c).length || !this.#brought.has(c)) return this.socket.open;
    this.#brought.delete(c);
    this.#taken.delete(c);
    return this.socket.say({ op: "unsubscribe", c });
  }

  /** A tab that went without a word holds its lock no more. */
  async #look(): Promise<void> {
    const { held } = await navigator.locks.query();
    const alive = new Set(held?.map((lock) => lock.name));
    for (const tab of [...this.#tabs.keys()]) if (!alive.has(tab)) this.left(tab);
  }
}
