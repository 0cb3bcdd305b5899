import { word } from "../../lib/words";
import type { Item, Quote } from "../../wire/chat";
import { amend } from "./amend";
import { Attachments } from "./attachments";
import { ask } from "./dialog";
import { dropZone, pastedFiles } from "./incoming";
import { keep, keepDraft, readDraft, type Named, type Pending } from "./kept";
import { newId } from "./ids";
import { Mentions } from "./mentions";
import { pickSign } from "./signs";
import { insertText, quoteOf } from "./text";
import { toolbar } from "./toolbar";
import { fact } from "./words";

const SHOWN_FROM = 200;
const TOLD_AT = [200, 50, 10];
const SAVED_AFTER = 150;
/** So often others are told that one is writing (milliseconds). */
const WRITING = 3_000;

/** What the composer needs of the conversation around it. */
export interface ComposerHost {
  readonly c: number;
  /** Say something to whoever listens. */
  speak(text: string): void;
  /** Something was said: it is kept on this device, and waits to be sent. */
  said(one: Pending): void;
  /** The newest own message in the log, if one is there: the arrow up edits it. */
  latestOwn(): Item | undefined;
  /** In a thread: what is answered where nothing else is. */
  thread?(): Item | undefined;
  /** Under this name what was begun is kept, where it is not what was begun in the conversation. */
  readonly draft?: string;
  /** Somebody is writing; said at most every three seconds. */
  writing(): void;
}

/** Where one writes: the form below the log. */
export class Composer {
  #told = Number.POSITIVE_INFINITY;
  #saving = 0;
  #wrote = 0;
  #busy = false;
  #reply: Quote | undefined;
  #named = new Map<string, number>();
  /** The message that is being changed, and what stood in the box before. */
  #edited: { item: Item; before: string } | undefined;
  readonly #box: HTMLTextAreaElement;
  readonly #bar: HTMLElement;
  readonly #mentions: Mentions | undefined;
  readonly #files: Attachments | undefined;

  constructor(
    private readonly form: HTMLFormElement,
    private readonly host: ComposerHost,
  ) {
    this.#box = form.querySelector("textarea")!;
    this.#bar = form.querySelector<HTMLElement>("[data-bar]")!;
    // The server looks at what is there; what is empty is simply not sent.
    this.#box.required = false;
    this.#mentions = this.#makeMentions();
    this.#files = this.#makeFiles();
    this.#hint();
    this.#answered();
    this.#listen();
    this.#tools();
  }

  /** Bring back what was begun here before. */
  async restore(): Promise<void> {
    const draft = await readDraft(this.host.draft ?? this.host.c);
    if (!this.#box.value) this.#box.value = draft.body;
    this.#reply ??= draft.reply;
    for (const { name, id } of draft.named ?? []) this.#named.set(name, id);
    if (draft.files?.length) this.#files?.restore(draft.files);
    this.#show();
  }

  focus(): void {
    this.#box.focus();
  }

  /** What is written next answers this message. */
  answer(item: Item): void {
    if (this.#edited) this.#stopEditing();
    this.#reply = quoteOf(item);
    this.#show();
    this.#save();
    this.host.speak(word(this.form, "answers", { name: item.name }));
    this.focus();
  }

  /** This own message is changed in the box. */
  edit(item: Item): void {
    this.#edited = { item, before: this.#edited?.before ?? this.#box.value };
    this.#box.value = item.text;
    this.#show();
    this.host.speak(word(this.form, "edits"));
    this.focus();
    this.#box.setSelectionRange(item.text.length, item.text.length);
  }

  // --- parts ---

  /** The page was opened to answer a message: the form says so, for those without a script. */
  #answered(): void {
    const told = this.form.querySelector<HTMLElement>("[data-answered]");
    const seq = Number(this.form.querySelector<HTMLInputElement>("input[name=reply]")?.value);
    if (!told || !seq) return;
    this.#reply = { seq, sender: null, name: told.dataset.name ?? "", line: told.dataset.line ?? "" };
    told.remove();
  }

  #makeMentions(): Mentions | undefined {
    const list = this.form.querySelector<HTMLElement>("[data-people]");
    if (!list) return undefined;
    return new Mentions(this.#box, list, {
      words: this.form,
      peopleUrl: this.form.dataset.peopleUrl!,
      everyone: this.#everyone,
      speak: (text) => this.host.speak(text),
      named: ({ id, name }: Named) => this.#named.set(name, id),
    });
  }

  #makeFiles(): Attachments | undefined {
    const list = this.form.querySelector<HTMLElement>("[data-files]");
    const { uploadUrl, dropUrl } = this.form.dataset;
    if (!list || !uploadUrl) return undefined;
    const files = new Attachments(list, {
      words: this.form,
      uploadUrl,
      dropUrl: dropUrl ?? "",
      most: Number(this.form.dataset.maxFiles),
      speak: (text) => this.host.speak(text),
      changed: () => this.#save(),
      problem: (text) => this.#problem(text),
    });
    for (const input of this.form.querySelectorAll<HTMLInputElement>("input[type=file]")) {
      input.hidden = true;
      input.addEventListener("change", () => {
        void files.add([...(input.files ?? [])]);
        // The same file may be chosen again, and does not go with the form as well.
        input.value = "";
        this.focus();
      });
    }
    dropZone(this.form.closest<HTMLElement>(".cm") ?? this.form, word(this.form, "dropHere"), (dropped) => {
      if (!this.#edited) void files.add(dropped);
      this.focus();
    });
    this.#box.addEventListener("paste", (event) => {
      const pasted = pastedFiles(event, word(this.form, "pasted"));
      if (!pasted.length || this.#edited) return;
      event.preventDefault();
      void files.add(pasted);
    });
    return files;
  }

  #tools(): void {
    const bar = this.form.querySelector<HTMLElement>("[data-tools]");
    if (!bar) return;
    toolbar(bar, this.#box, fact("shortcuts") !== "0");
    bar.addEventListener("click", (event) => {
      const button = (event.target as HTMLElement).closest<HTMLElement>("[data-tool]");
      if (button?.dataset.tool === "sign") pickSign(button, (sign) => insertText(this.#box, sign));
      else if (button?.dataset.tool === "name") this.#at();
      else if (button) this.form.querySelector<HTMLElement>(`[data-input="${button.dataset.tool}"]`)?.click();
    });
  }

  /** Begin to name somebody, where the caret is. */
  #at(): void {
    const before = this.#box.value.slice(0, this.#box.selectionStart);
    insertText(this.#box, /(^|\s)$/.test(before) ? "@" : " @");
  }

  #listen(): void {
    this.#box.addEventListener("input", () => {
      this.#grow();
      this.#leftOver();
      this.#problem("");
      this.#save();
      this.#writing();
    });
    this.#box.addEventListener("keydown", (event) => this.#key(event));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#submit();
    });
    this.form.querySelector("[data-bar-close]")?.addEventListener("click", () => this.#cancel());
    addEventListener("pagehide", () => this.#saveNow());
  }

  #key(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (this.#mentions?.key(event)) {
      event.preventDefault();
      event.stopPropagation();
    } else if (event.key === "Enter" && this.#sends(event)) {
      event.preventDefault();
      void this.#submit();
    } else if (event.key === "Escape" && (this.#edited || this.#reply)) {
      event.preventDefault();
      event.stopPropagation();
      this.#cancel();
    } else if (event.key === "ArrowUp" && !this.#box.value && !this.#edited && !this.#files?.kept.length) {
      const item = this.host.latestOwn();
      if (!item) return;
      event.preventDefault();
      this.edit(item);
    }
  }

  get #enterSends(): boolean {
    return fact("enterSends") === "1";
  }

  /** Enter is a new line and Ctrl+Enter sends; or Enter sends, and with Shift it is a new line. */
  #sends(event: KeyboardEvent): boolean {
    return event.ctrlKey || event.metaKey || (this.#enterSends && !event.shiftKey && !event.altKey);
  }

  #hint(): void {
    if (!this.#enterSends) return;
    const [shown, other] = this.form.querySelectorAll<HTMLElement>("[data-hint]");
    shown?.toggleAttribute("hidden", true);
    other?.toggleAttribute("hidden", false);
    this.#box.setAttribute("aria-keyshortcuts", "Enter");
  }

  // --- what is shown ---

  #show(): void {
    const { form } = this;
    const text = this.#edited ? word(form, "edits") : this.#reply ? word(form, "answers", { name: this.#reply.name }) : "";
    this.#bar.hidden = !text;
    this.#bar.querySelector("b")!.textContent = text;
    this.#bar.querySelector("span")!.textContent = this.#edited ? "" : (this.#reply?.line ?? "");
    this.#bar
      .querySelector("button")!
      .setAttribute("aria-label", word(form, this.#edited ? "stopEditing" : "stopAnswering"));
    form.classList.toggle("is-editing", !!this.#edited);
    form.querySelector(".cmp__send .kern-label")!.textContent = word(form, this.#edited ? "keep" : "send");
    this.#problem("");
    this.#grow();
    this.#leftOver();
  }

  #cancel(): void {
    if (this.#edited) this.#stopEditing();
    else {
      this.#reply = undefined;
      this.#show();
      this.#save();
    }
    this.focus();
  }

  #stopEditing(): void {
    this.#box.value = this.#edited?.before ?? "";
    this.#edited = undefined;
    this.#show();
  }

  /** Where the style sheet cannot let the box grow with its text. */
  #grow(): void {
    if (CSS.supports("field-sizing", "content")) return;
    this.#box.style.height = "auto";
    this.#box.style.height = `${this.#box.scrollHeight}px`;
  }

  get #max(): number {
    return Number(this.form.dataset.max);
  }

  #leftOver(): void {
    const left = this.#max - [...this.#box.value].length;
    const text = left < 0 ? word(this.form, "over", { n: -left }) : word(this.form, "left", { n: left });
    const place = this.form.querySelector<HTMLElement>("[data-left]")!;
    place.textContent = left <= SHOWN_FROM ? text : "";
    place.classList.toggle("is-over", left < 0);
    if (left < 0) this.#box.setAttribute("aria-invalid", "true");
    else this.#box.removeAttribute("aria-invalid");
    if (TOLD_AT.some((limit) => left <= limit && this.#told > limit)) this.host.speak(text);
    this.#told = left;
  }

  #problem(text: string): void {
    const place = this.form.querySelector<HTMLElement>(".cmp__e")!;
    if (!text && place.hidden) return;
    place.hidden = !text;
    place.querySelector("span")!.textContent = text;
    if (text) this.host.speak(text);
  }

  #writing(): void {
    const now = Date.now();
    if (this.#edited || !this.#box.value.trim() || now - this.#wrote < WRITING || fact("showTyping") === "0") return;
    this.#wrote = now;
    this.host.writing();
  }

  // --- drafts ---

  #save(): void {
    clearTimeout(this.#saving);
    this.#saving = window.setTimeout(() => this.#saveNow(), SAVED_AFTER);
  }

  #saveNow(): void {
    clearTimeout(this.#saving);
    void this.#keepDraft();
  }

  #keepDraft(): Promise<void> {
    return keepDraft(this.host.draft ?? this.host.c, {
      body: this.#edited ? this.#edited.before : this.#box.value,
      reply: this.#reply,
      named: [...this.#named].map(([name, id]) => ({ name, id })),
      files: this.#files?.kept,
    });
  }

  // --- sending ---

  /** What one types to name all. */
  get #everyone(): string {
    return word(this.form, "everyone");
  }

  async #submit(): Promise<void> {
    const body = this.#box.value.trim();
    if ([...body].length > this.#max) {
      this.#problem(word(this.form, "tooLong"));
      return;
    }
    if (this.#edited) await this.#change(this.#edited.item, body);
    else await this.#say(body);
  }

  async #say(body: string): Promise<void> {
    const { form } = this;
    if (this.#files?.refused) {
      this.#problem(word(form, "removeRefused"));
      return;
    }
    if (!body && !this.#files?.kept.length) return;
    const everyone = !!form.dataset.members && new RegExp(`(^|\\s)@${this.#everyone}(?![\\p{L}\\p{N}])`, "u").test(body);
    if (everyone) {
      const question = word(form, "askEveryone", { n: Number(form.dataset.members) });
      if (!(await ask(question, word(form, "yesEveryone")))) {
        this.focus();
        return;
      }
    }
    const files = this.#files?.handOver() ?? [];
    const mentions = [...this.#named].filter(([name]) => body.includes(`@${name}`)).map(([, id]) => id);
    const one: Pending = { id: newId(), c: this.host.c, body, at: Date.now() };
    const root = this.host.thread?.();
    const reply = this.#reply ?? (root && quoteOf(root));
    if (reply) one.reply = reply;
    if (mentions.length) one.mentions = mentions;
    if (everyone) one.everyone = true;
    if (files.length) one.files = files;
    this.#box.value = "";
    this.#reply = undefined;
    this.#named.clear();
    this.#wrote = 0;
    clearTimeout(this.#saving);
    this.#mentions?.close();
    this.#show();
    this.focus();
    // Kept before it is shown as waiting: what one sees survives a closed browser.
    await keep(one);
    this.host.said(one);
    await this.#keepDraft();
  }

  async #change(item: Item, body: string): Promise<void> {
    if (body === item.text.trim()) {
      this.#cancel();
      return;
    }
    if (this.#busy) return;
    this.#busy = true;
    const answer = await amend(this.form.dataset.editUrl!.replace("/0/", `/${item.seq}/`), body);
    this.#busy = false;
    if (this.#edited?.item !== item) return;
    if (answer !== true) {
      this.#problem(answer || word(this.form, "noLine"));
      this.focus();
      return;
    }
    this.#cancel();
    this.host.speak(word(this.form, "changed"));
  }
}
