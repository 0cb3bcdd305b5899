import { csrfToken } from "../../lib/csrf";
import { store } from "../../lib/store";
import { word } from "../../lib/words";

const IDLE = 1_500;
const RETRY = [5_000, 15_000, 60_000];

type Copy = { at: number; sent?: boolean; fields: [string, string][] };
type Answer = { saved_at?: string; autosave_url?: string; page_url?: string; action?: string; version?: number };

function typed(form: HTMLFormElement): [string, string][] {
  return [...new FormData(form)].filter(
    (entry): entry is [string, string] => typeof entry[1] === "string" && entry[0] !== "csrfmiddlewaretoken",
  );
}

function fill(form: HTMLFormElement, fields: [string, string][]): void {
  const values = new Map<string, string[]>();
  for (const [name, value] of fields) values.set(name, [...(values.get(name) ?? []), value]);
  for (const control of form.elements) {
    if (control instanceof HTMLInputElement && (control.type === "checkbox" || control.type === "radio")) {
      control.checked = values.get(control.name)?.includes(control.value) ?? false;
    } else if (
      (control instanceof HTMLInputElement && !["hidden", "file", "submit"].includes(control.type)) ||
      control instanceof HTMLTextAreaElement ||
      control instanceof HTMLSelectElement
    ) {
      const value = values.get(control.name)?.shift();
      if (value !== undefined) control.value = value;
    }
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

/**
 * A form with `data-autosave="URL"` posts itself there 1.5 s after the last key. What is not saved yet lies in
 * this browser until it is. The answer is JSON: `saved_at`, and after the first save of a new thing `autosave_url`,
 * `action` and `page_url`, so that the same thing is saved again and a reload finds it.
 * The state stands in `[data-autosave-state]`, which the server renders as a status region.
 */
export function mount(root: HTMLElement): void {
  if (!(root instanceof HTMLFormElement) || !root.dataset.autosave) return;
  const form = root;
  const state = form.querySelector<HTMLElement>("[data-autosave-state]");
  let timer = 0;
  let failures = 0;
  let dirty = false;
  let busy = false;
  let stopped = false;

  const key = () => `draft:${form.dataset.autosave}`;
  const show = (name: string, failed = false, values = {}) => {
    if (!state) return;
    state.classList.toggle("is-failed", failed);
    const text = word(form, name, values);
    if (state.textContent !== text) state.textContent = text;
  };
  const keep = (sent = false) => {
    const copy: Copy = { at: Date.now(), sent, fields: typed(form) };
    store.set(key(), JSON.stringify(copy));
  };
  const later = (wait: number) => {
    clearTimeout(timer);
    timer = window.setTimeout(save, wait);
  };

  async function save(): Promise<void> {
    if (busy || !dirty || stopped) return;
    busy = true;
    dirty = false;
    show("saving");
    try {
      const response = await fetch(form.dataset.autosave ?? "", {
        method: "POST",
        headers: { "X-CSRFToken": csrfToken(), Accept: "application/json" },
        body: new URLSearchParams(typed(form)),
      });
      if (response.redirected || [401, 403, 404, 409].includes(response.status)) {
        // Signed out, or somebody else was faster: trying again would not help, so say it and keep the copy.
        stopped = true;
        show(response.status === 409 ? "saveConflict" : "saveStopped", true);
        return;
      }
      if (!response.ok) throw new Error(String(response.status));
      const answer = (await response.json()) as Answer;
      failures = 0;
      store.remove(key());
      if (answer.autosave_url) form.dataset.autosave = answer.autosave_url;
      if (answer.action) form.action = answer.action;
      const version = form.elements.namedItem("version");
      if (answer.version && version instanceof HTMLInputElement) version.value = String(answer.version);
      if (answer.page_url) history.replaceState(history.state, "", answer.page_url);
      if (dirty) keep();
      const when = answer.saved_at ? new Date(answer.saved_at) : new Date();
      const time = when.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
      show("saved", false, { time });
    } catch {
      dirty = true;
      show("saveFailed", true);
      later(RETRY[Math.min(failures++, RETRY.length - 1)] ?? 60_000);
    } finally {
      busy = false;
    }
    if (dirty && failures === 0) later(IDLE);
  }

  const copy = JSON.parse(store.get(key()) ?? "null") as Copy | null;
  if (copy) {
    const cameBack = performance.getEntriesByType("navigation").some((n) => "type" in n && n.type === "back_forward");
    const refused = form.querySelector("[aria-invalid=true]") !== null;
    if ((!copy.sent || cameBack) && !refused) {
      fill(form, copy.fields);
      dirty = true;
      show("restored");
      later(IDLE);
    } else {
      store.remove(key());
    }
  }

  form.addEventListener("input", (event) => {
    if (event.target === form) return;
    dirty = true;
    keep();
    later(IDLE);
  });
  form.addEventListener("change", () => {
    dirty = true;
    keep();
    later(IDLE);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    stopped = true;
    keep(true);
  });
  addEventListener("online", () => dirty && later(0));
  addEventListener("pageshow", (event) => {
    if (event.persisted) stopped = false;
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && dirty) void save();
  });
}
