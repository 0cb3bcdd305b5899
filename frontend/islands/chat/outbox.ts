import { csrfToken } from "../../lib/csrf";
import type { Ack, Nack } from "../../wire/chat";
import { drop, fail, outbox, type Pending } from "./kept";
import type { Line } from "./line";

const PATIENCE = 8_000;

type Answer = { ok: true; seq: number; at: string } | { ok: false; reason: string; retry: number | null } | undefined;

/** Sends what waits, in order, one sender over all tabs. Sending twice is safe: the server knows the number. */
export class Outbox {
  #answers = new Map<string, (answer: Answer) => void>();
  #timer = 0;
  #running = false;
  #asked = false;
  readonly #tabs = "BroadcastChannel" in window ? new BroadcastChannel("lotsennetz-chat") : undefined;

  constructor(
    private readonly line: Line,
    private readonly sendUrl: (c: number) => string,
    private readonly on: { sent(one: Pending, seq: number, at: string): void; changed(slow: boolean): void },
  ) {
    this.#tabs?.addEventListener("message", () => this.on.changed(false));
  }

  /** Tell this tab and the others that the outbox changed. */
  tell(slow = false): void {
    this.on.changed(slow);
    this.#tabs?.postMessage("outbox");
  }

  answer(event: Ack | Nack): void {
    this.#answers.get(event.id)?.(
      event.op === "ack"
        ? { ok: true, seq: event.seq, at: event.at }
        : { ok: false, reason: event.reason, retry: event.retry },
    );
  }

  /** Go through what waits; called whenever something gives hope. */
  async flush(): Promise<void> {
    if (this.#running) {
      this.#asked = true;
      return;
    }
    this.#running = true;
    clearTimeout(this.#timer);
    try {
      do {
        this.#asked = false;
        if (navigator.locks) await navigator.locks.request("lotsennetz-chat-outbox", () => this.#sendAll());
        else await this.#sendAll();
      } while (this.#asked);
    } finally {
      this.#running = false;
    }
  }

  async #sendAll(): Promise<void> {
    for (;;) {
      const next = (await outbox()).find((one) => one.failed === undefined);
      if (!next) return;
      const answer = (await this.#bySocket(next)) ?? (await this.#byPost(next));
      if (answer?.ok) {
        await drop(next.id);
        this.on.sent(next, answer.seq, answer.at);
        this.tell();
      } else if (answer && answer.retry === null) {
        await fail(next.id, answer.reason);
        this.tell();
      } else {
        // Not known, or to be tried later. The order stays: nothing overtakes it.
        const wait = answer ? (answer.retry ?? 2) * 1000 : 3_000;
        this.#timer = window.setTimeout(() => void this.flush(), wait);
        this.tell(!!answer);
        return;
      }
    }
  }

  async #bySocket(one: Pending): Promise<Answer> {
    if (!this.line.say({ op: "send", c: one.c, id: one.id, body: one.body })) return undefined;
    const answer = await new Promise<Answer>((resolve) => {
      this.#answers.set(one.id, resolve);
      setTimeout(() => resolve(undefined), PATIENCE);
    });
    this.#answers.delete(one.id);
    return answer;
  }

  /** The way around, where sockets do not get through. */
  async #byPost(one: Pending): Promise<Answer> {
    if (!navigator.onLine) return undefined;
    try {
      const response = await fetch(this.sendUrl(one.c), {
        method: "POST",
        headers: { "content-type": "application/json", "x-csrftoken": csrfToken() },
        body: JSON.stringify({ id: one.id, body: one.body }),
        signal: AbortSignal.timeout(PATIENCE),
      });
      if (response.status >= 500 || response.redirected) return undefined;
      if (!response.headers.get("content-type")?.includes("json")) return undefined;
      const data = (await response.json()) as { seq: number; at: string; reason: string; retry: number | null };
      return response.ok
        ? { ok: true, seq: data.seq, at: data.at }
        : { ok: false, reason: data.reason, retry: data.retry };
    } catch {
      return undefined;
    }
  }
}
