import { clear, createStore, del, delMany, get, keys, set, update } from "idb-keyval";
import type { Quote } from "../../wire/chat";

/** What waits on this device: the outbox, the drafts and their files, of one person. */
const store = createStore("lotsennetz-chat", "kept");

/** A file that is to go with a message; what is in it is kept beside (`readFile`), until the message is stored. */
export interface PendingFile {
  key: string;
  name: string;
  type: string;
  size: number;
  /** Its name on the server, once it is there. */
  id?: string;
}

export interface Named {
  id: number;
  name: string;
}

export interface Pending {
  id: string;
  c: number;
  body: string;
  at: number;
  /** What it answers. */
  reply?: Quote;
  /** Who is named in it, by number, and whether all are. */
  mentions?: number[];
  everyone?: boolean;
  files?: PendingFile[];
  /** Why it will not be sent, as the server said it; waiting while undefined. */
  failed?: string;
}

/** What was begun in a conversation, and not sent. */
export interface Draft {
  body: string;
  reply?: Quote;
  named?: Named[];
  files?: PendingFile[];
}

const OUTBOX = "outbox";
const draft = (c: number | string) => `draft:${c}`;
const file = (key: string) => `file:${key}`;

/** Desks are shared: what another person left here is gone before anything is read. */
export async function belongTo(person: string): Promise<void> {
  try {
    if ((await get<string>("person", store)) === person) return;
    await clear(store);
    await set("person", person, store);
  } catch {
    // Nothing is kept here, so nothing of anybody else is either.
  }
}

/** Whoever signs out leaves nothing here: not in this tab, and not by another one that writes later. */
export async function forgetAll(): Promise<void> {
  tabs?.postMessage("forget");
  await forget();
}

const tabs = "BroadcastChannel" in window ? new BroadcastChannel("lotsennetz-forget") : undefined;
tabs?.addEventListener("message", () => void forget());

let forgotten = false;

async function forget(): Promise<void> {
  forgotten = true;
  memory = [];
  files.clear();
  await clear(store).catch(() => undefined);
}

// Where the browser keeps nothing (private windows, a full disk), what waits lives as long as the page.
let memory: Pending[] | undefined;
const files = new Map<string, Blob>();

export async function outbox(): Promise<Pending[]> {
  if (memory) return memory;
  try {
    return (await get<Pending[]>(OUTBOX, store)) ?? [];
  } catch {
    return (memory = []);
  }
}

async function change(work: (all: Pending[]) => Pending[]): Promise<void> {
  if (!memory) {
    try {
      await update<Pending[]>(OUTBOX, (all) => work(all ?? []), store);
      return;
    } catch {
      memory = [];
    }
  }
  memory = work(memory);
}

export const keep = (one: Pending): Promise<void> => change((all) => [...all, one]);

/** Take a message out, stored or given up, with what it brought along. */
export async function drop(id: string): Promise<void> {
  let gone: Pending | undefined;
  await change((all) => {
    gone = all.find((one) => one.id === id);
    return all.filter((one) => one.id !== id);
  });
  await dropFiles(gone?.files ?? []);
}

export const fail = (id: string, reason: string): Promise<void> =>
  change((all) => all.map((one) => (one.id === id ? { ...one, failed: reason } : one)));
export const retry = (id: string): Promise<void> =>
  change((all) => all.map(({ failed, ...one }) => (one.id === id || failed === undefined ? one : { ...one, failed })));

/** Write down under which name the server knows a file of a waiting message; without one it must be brought again. */
export const nameFile = (id: string, key: string, name: string | undefined): Promise<void> =>
  change((all) =>
    all.map((one) =>
      one.id !== id
        ? one
        : { ...one, files: (one.files ?? []).map((each) => (each.key === key ? { ...each, id: name } : each)) },
    ),
  );

export async function keepFile(key: string, content: Blob): Promise<void> {
  // In memory as well: a full disk must not take away what is in the page.
  files.set(key, content);
  if (forgotten) return;
  await set(file(key), content, store).catch(() => undefined);
}

export const readFile = async (key: string): Promise<Blob | undefined> =>
  files.get(key) ?? (await get<Blob>(file(key), store).catch(() => undefined));

export async function dropFiles(all: readonly PendingFile[]): Promise<void> {
  for (const one of all) files.delete(one.key);
  if (all.length) await delMany(all.map((one) => file(one.key)), store).catch(() => undefined);
}

export async function readDraft(c: number | string): Promise<Draft> {
  const kept = await get<Draft | string>(draft(c), store).catch(() => undefined);
  return typeof kept === "string" ? { body: kept } : (kept ?? { body: "" });
}

export async function keepDraft(c: number | string, kept: Draft): Promise<void> {
  if (forgotten) return;
  const empty = !kept.body && !kept.reply && !kept.files?.length;
  await (empty ? del(draft(c), store) : set(draft(c), kept, store)).catch(() => undefined);
}

/** The conversations in which something was begun and not sent. */
export async function draftsKept(): Promise<Set<number>> {
  const all = await keys<string>(store).catch(() => []);
  return new Set(all.filter((key) => /^draft:\d+$/.test(key)).map((key) => Number(key.slice("draft:".length))));
}
