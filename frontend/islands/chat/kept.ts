import { clear, createStore, del, get, set, update } from "idb-keyval";

/** What waits on this device: the outbox and the drafts of one person. */
const store = createStore("lotsennetz-chat", "kept");

export interface Pending {
  id: string;
  c: number;
  body: string;
  at: number;
  /** Why it will not be sent, as the server said it; waiting while undefined. */
  failed?: string;
}

const OUTBOX = "outbox";
const draft = (c: number) => `draft:${c}`;

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

export async function forgetAll(): Promise<void> {
  if (memory) memory = [];
  await clear(store).catch(() => undefined);
}

// Where the browser keeps nothing (private windows, a full disk), what waits lives as long as the page.
let memory: Pending[] | undefined;

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
export const drop = (id: string): Promise<void> => change((all) => all.filter((one) => one.id !== id));
export const fail = (id: string, reason: string): Promise<void> =>
  change((all) => all.map((one) => (one.id === id ? { ...one, failed: reason } : one)));
export const retry = (id: string): Promise<void> =>
  change((all) => all.map(({ failed, ...one }) => (one.id === id || failed === undefined ? one : { ...one, failed })));

export const readDraft = async (c: number): Promise<string> =>
  (await get<string>(draft(c), store).catch(() => "")) ?? "";
export const keepDraft = (c: number, text: string): Promise<void> =>
  (text ? set(draft(c), text, store) : del(draft(c), store)).catch(() => undefined);
