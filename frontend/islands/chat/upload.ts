import { csrfToken } from "../../lib/csrf";
import type { File as Stored } from "../../wire/chat";
import { readFile, type PendingFile } from "./kept";

/** What became of an upload: it is there; it was refused, and why; undefined: nobody knows, try again. */
export type Uploaded = { ok: true; file: Stored } | { ok: false; reason: string } | undefined;

interface Running {
  done: Promise<Uploaded>;
  heard: Set<(part: number) => void>;
  stop(): void;
}

// Of a file that the composer is bringing, the outbox waits for the end instead of bringing it again.
const running = new Map<string, Running>();
const brought = new Map<string, Uploaded>();

/** Bring a kept file to the server; `heard` is told how much of it is there, from 0 to 1. */
export function upload(url: string, file: PendingFile, heard?: (part: number) => void): Promise<Uploaded> {
  const before = brought.get(file.key);
  if (before) return Promise.resolve(before);
  let one = running.get(file.key);
  if (!one) {
    one = begin(url, file);
    running.set(file.key, one);
    void one.done.then((answer) => {
      running.delete(file.key);
      if (answer?.ok) brought.set(file.key, answer);
    });
  }
  if (heard) one.heard.add(heard);
  return one.done;
}

/** Nobody wants this file any more. */
export const stopUpload = (key: string): void => running.get(key)?.stop();

/** What was brought is no longer there. */
export const forgetUpload = (key: string): boolean => brought.delete(key);

/** Tell the server that a file will not be sent; when it does not hear, it forgets the file by itself. */
export function giveUp(dropUrl: string, id: string): void {
  void fetch(dropUrl.replace(/0{8}-0{4}-0{4}-0{4}-0{12}/, id), {
    method: "POST",
    headers: { accept: "application/json", "x-csrftoken": csrfToken() },
  }).catch(() => undefined);
}

function begin(url: string, file: PendingFile): Running {
  const heard = new Set<(part: number) => void>();
  const request = new XMLHttpRequest();
  const done = (async (): Promise<Uploaded> => {
    const content = await readFile(file.key);
    if (!content) return { ok: false, reason: "" };
    const form = new FormData();
    form.append("file", content, file.name);
    return await new Promise<Uploaded>((resolve) => {
      request.upload.onprogress = (event) => {
        if (event.lengthComputable) for (const one of heard) one(event.loaded / event.total);
      };
      request.onload = () => resolve(read(request, url));
      request.onerror = request.onabort = request.ontimeout = () => resolve(undefined);
      request.open("POST", url);
      request.setRequestHeader("accept", "application/json");
      request.setRequestHeader("x-csrftoken", csrfToken());
      request.send(form);
    });
  })();
  return { done, heard, stop: () => request.abort() };
}

function read(request: XMLHttpRequest, url: string): Uploaded {
  // Signed out: the answer is the page to sign in, and the file waits.
  if (request.status >= 500 || (request.responseURL && new URL(request.responseURL).pathname !== url)) return undefined;
  try {
    const answer = JSON.parse(request.responseText) as Stored & { reason: string };
    return request.status === 201 ? { ok: true, file: answer } : { ok: false, reason: answer.reason };
  } catch {
    // A proxy in between refused it by its size, without a sentence.
    return request.status === 413 ? { ok: false, reason: "" } : undefined;
  }
}
