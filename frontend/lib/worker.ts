import { csrfToken } from "./csrf";
import { store } from "./store";

/** Whose subscription this browser holds; another person at the same desk does not take it over unasked. */
const OWNER = "push-for";

export function canWork(): boolean {
  return "serviceWorker" in navigator && window.isSecureContext;
}

/** The worker shows the page for being offline, and what comes by push. It keeps nothing of anybody. */
export async function startWorker(): Promise<ServiceWorkerRegistration | null> {
  if (!canWork()) return null;
  try {
    return await navigator.serviceWorker.register("/sw.js");
  } catch {
    return null;
  }
}

/** What the browser calls itself, for the list of the person's devices. */
function device(): string {
  const agent = navigator.userAgent;
  const browser = /Edg\//.test(agent) ? "Edge" : /Firefox\//.test(agent) ? "Firefox" : /Chrome\//.test(agent) ? "Chrome" : "Safari";
  const system = /Android/.test(agent) ? "Android" : /iPhone|iPad/.test(agent) ? "iOS" : /Windows/.test(agent) ? "Windows" : /Mac/.test(agent) ? "macOS" : "Linux";
  return `${browser} (${system})`;
}

async function send(url: string, said: object): Promise<boolean> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken(), Accept: "application/json" },
    body: JSON.stringify(said),
  });
  return answer.ok;
}

export async function subscription(): Promise<PushSubscription | null> {
  const worker = await navigator.serviceWorker.getRegistration("/");
  return (await worker?.pushManager?.getSubscription()) ?? null;
}

/** Ask the browser, then tell the server. Throws where the person or the browser says no. */
export async function subscribe(url: string, key: string, me: string): Promise<boolean> {
  if ((await Notification.requestPermission()) !== "granted") throw new DOMException("", "NotAllowedError");
  await startWorker();
  const worker = await navigator.serviceWorker.ready;
  const before = await worker.pushManager.getSubscription();
  const made =
    before ?? (await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }));
  const done = await send(url, { ...made.toJSON(), device: device() });
  if (done) store.set(OWNER, me);
  else if (!before) await made.unsubscribe();
  return done;
}

export async function unsubscribe(url: string): Promise<boolean> {
  const held = await subscription();
  store.remove(OWNER);
  if (!held) return true;
  const done = await send(url, { endpoint: held.endpoint });
  await held.unsubscribe();
  return done;
}

/** After signing in again: the same person, in the same browser, wants what they wanted before. */
export async function renew(url: string, me: string): Promise<void> {
  if (!canWork() || !("Notification" in window) || Notification.permission !== "granted") return;
  if (store.get(OWNER) !== me || sessionStorage.getItem(OWNER)) return;
  const held = await subscription();
  if (held && (await send(url, { ...held.toJSON(), device: device() }))) sessionStorage.setItem(OWNER, me);
}

/** How the server names a browser in the list of the person's own, without saying where it is reached. */
export async function fingerprint(held: PushSubscription): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(held.endpoint));
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
