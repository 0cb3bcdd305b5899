import { csrfToken } from "../../lib/csrf";
import type { Ack, Nack } from "../../wire/chat";
import { drop, fail, nameFile, outbox, readFile, type Pending } from "./kept";
import type { Line } from "./line";
import { forgetUpload, upload } from "./upload";
import { say } from "./words";

const PATIENCE = 8_000;
const AGAIN_AFTER = 3_000;
const HELPS_AFTER = 1_500;
/** What tabs tell each other: something waits to be sent; or it went. */
const KEPT = "kept";
const CHANGED = "changed";

type Answer =
  | { ok: true; seq: number; at: string }
  | { ok: false; code: string; reason: string; retry: number | null }
  | undefined;

/** Sends what waits, in order, one sender over all tabs. Sending twice is safe: the server knows the number. */
export class Outbox {
  #answers = new Map<string, (answer: Answer) => void>();
  #timer = 0;
  #running = false;
  #asked = false;
  /** Messages whose files are on their way. */
  #bringing = new Set<string>();
  readonly #tabs = "BroadcastChannel" in window ? new BroadcastChannel("lotsennetz-chat") : undefined;

  constructor(
    private readonly line: Line,
    private readonly urls: { send(c: number): string; files(c: number): string },
    private readonly on: { sent(one: Pending, seq: number, at: string): void; changed(slow: boolean): void },
  ) {
    this.#tabs?.addEventListener("message", (message: MessageEvent<string>) => {
      this.on.changed(false);
      // The tab that kept it may be gone before it sends it.
      if (message.data === KEPT) this.#later(HELPS_AFTER);
    });
    addEventListener("online", () => void this.flush());
  }

  /** Tell this tab and the others that something more waits to be sent. */
  tell(): void {
    this.#changed(false, KEPT);
  }

  #changed(slow = false, what = CHANGED): void {
    this.on.changed(slow);
    this.#tabs?.postMessage(what);
  }

  answer(event: Ack | Nack): void {
    this.#answers.get(event.id)?.(
      event.op === "ack"
        ? { ok: true, seq: event.seq, at: event.at }
        : { ok: false, code: event.code, reason: event.reason, retry: event.retry },
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

  #later(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.flush(), milliseconds);
  }

  async #sendAll(): Promise<void> {
    // In each conversation the order stays: nothing overtakes what has to wait. Others go on.
    const held = new Set<number>();
    for (;;) {
      const next = (await outbox()).find((one) => one.failed === undefined && !held.has(one.c));
      if (!next) return;
      if (next.files?.some((file) => !file.id)) {
        held.add(next.c);
        void this.#bring(next);
        continue;
      }
      const answer = (await this.#bySocket(next)) ?? (await this.#byPost(next));
      if (answer?.ok) {
        await drop(next.id);
        this.on.sent(next, answer.seq, answer.at);
        this.#changed();
      } else if (!answer) {
        // Not known. The line is dead for all of them.
        this.#later(AGAIN_AFTER);
        this.#changed();
        return;
      } else if (answer.retry !== null) {
        held.add(next.c);
        this.#later((answer.retry || 2) * 1000);
        this.#changed(true);
      } else if (answer.code !== "no_such_file" || !(await this.#renew(next))) {
        await fail(next.id, answer.reason);
        this.#changed();
      }
    }
  }

  // --- files ---

  /** Bring the files of a message to the server, one tab alone; then it can be sent. */
  async #bring(one: Pending): Promise<void> {
    if (this.#bringing.has(one.id) || !navigator.onLine) return;
    this.#bringing.add(one.id);
    try {
      const name = `lotsennetz-chat-files-${one.id}`;
      if (!navigator.locks) await this.#bringAll(one);
      else
        await navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
          if (lock) await this.#bringAll(one);
          else this.#later(AGAIN_AFTER);
        });
    } finally {
      this.#bringing.delete(one.id);
    }
  }

  async #bringAll(one: Pending): Promise<void> {
    for (const file of one.files ?? []) {
      if (file.id) continue;
      const answer = await upload(this.urls.files(one.c), file);
      if (!answer) {
        this.#later(AGAIN_AFTER);
        return;
      }
      if (!answer.ok) {
        await fail(one.id, `${file.name}: ${answer.reason || say("fileLost")}`);
        this.#changed();
        return;
      }
      await nameFile(one.id, file.key, answer.file.id);
    }
    void this.flush();
  }

  /** The server kept the files no longer: bring them once more, if they are still here. */
  async #renew(one: Pending): Promise<boolean> {
    const files = one.files ?? [];
    const there = await Promise.all(files.map((file) => readFile(file.key)));
    if (there.some((content) => !content)) return false;
    for (const file of files) {
      forgetUpload(file.key);
      await nameFile(one.id, file.key, undefined);
    }
    return true;
  }

  // --- messages ---

  async #bySocket(one: Pending): Promise<Answer> {
    const said = this.line.say({ op: "send", c: one.c, ...content(one) });
    if (!said) return undefined;
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
      const response = await fetch(this.urls.send(one.c), {
        method: "POST",
        headers: { "content-type": "application/json", "x-csrftoken": csrfToken() },
        body: JSON.stringify(content(one)),
        signal: AbortSignal.timeout(PATIENCE),
      });
      if (response.status >= 500 || response.redirected) return undefined;
      if (!response.headers.get("content-type")?.includes("json")) return undefined;
      const data = (await response.json()) as {
        seq: number;
        at: string;
        code: string;
        reason: string;
        retry: number | null;
      };
      return response.ok
        ? { ok: true, seq: data.seq, at: data.at }
        : { ok: false, code: data.code, reason: data.reason, retry: data.retry ?? null };
    } catch {
      return undefined;
    }
  }
}

/** A message as both ways carry it. */
const content = (one: Pending) => ({
  id: one.id,
  body: one.body,
  reply: one.reply?.seq ?? null,
  mentions: one.mentions ?? [],
  everyone: one.everyone ?? false,
  files: (one.files ?? []).map((file) => file.id!),
});
