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
  if ((await get<string>("person", store)) === person) return;
  await clear(store);
  await set("person", person, store);
}

export const forgetAll = (): Promise<void> => clear(store);

export const outbox = async (): Promise<Pending[]> => (await get<Pending[]>(OUTBOX, store)) ?? [];
const change = (work: (all: Pending[]) => Pending[]) => update<Pending[]>(OUTBOX, (all) => work(all ?? []), store);
export const keep = (one: Pending): Promise<void> => change((all) => [...all, one]);
export const drop = (id: string): Promise<void> => change((all) => all.filter((one) => one.id !== id));
export const fail = (id: string, reason: string): Promise<void> =>
  change((all) => all.map((one) => (one.id === id ? { ...one, failed: reason } : one)));
export const retry = (id: string): Promise<void> =>
  change((all) => all.map(({ failed, ...one }) => (one.id === id || failed === undefined ? one : { ...one, failed })));

export const readDraft = async (c: number): Promise<string> => (await get<string>(draft(c), store)) ?? "";
export const keepDraft = (c: number, text: string): Promise<void> =>
  text ? set(draft(c), text, store) : del(draft(c), store);
