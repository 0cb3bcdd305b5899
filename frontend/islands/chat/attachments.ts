import { html, nothing, render, type TemplateResult } from "lit/html.js";
import { icon } from "../../lib/icon";
import { word } from "../../lib/words";
import { newId } from "./ids";
import { dropFiles, keepFile, type PendingFile } from "./kept";
import { giveUp, stopUpload, upload } from "./upload";

const AGAIN_AFTER = 5_000;

interface Shown extends PendingFile {
  /** How much of it is on the server, from 0 to 1; undefined while it waits. */
  part?: number;
  /** Why it cannot go along, as the server said it. */
  refused?: string;
  preview?: string;
}

export interface AttachmentsHost {
  /** Texts of the composer. */
  readonly words: HTMLElement;
  readonly uploadUrl: string;
  readonly dropUrl: string;
  /** So many files go with one message. */
  readonly most: number;
  speak(text: string): void;
  changed(): void;
  problem(text: string): void;
}

/** A size as people read it. */
export function sizeOf(bytes: number): string {
  const language = document.documentElement.lang || "de";
  const [unit, by] = bytes < 1_000_000 ? (["kilobyte", 1_000] as const) : (["megabyte", 1_000_000] as const);
  const size = Math.max(bytes / by, unit === "kilobyte" ? 1 : 0);
  return size.toLocaleString(language, { style: "unit", unit, maximumFractionDigits: size < 10 && by > 1_000 ? 1 : 0 });
}

/** The files that go with what is being written: each is brought to the server at once, and says how that goes. */
export class Attachments {
  #all: Shown[] = [];
  #again = 0;
  #bringing = false;

  constructor(
    private readonly list: HTMLElement,
    private readonly host: AttachmentsHost,
  ) {
    addEventListener("online", () => this.#bringAll());
  }

  get kept(): PendingFile[] {
    return this.#all
      .filter((one) => one.refused === undefined)
      .map(({ key, name, type, size, id }) => (id ? { key, name, type, size, id } : { key, name, type, size }));
  }

  get refused(): boolean {
    return this.#all.some((one) => one.refused !== undefined);
  }

  /** Files that somebody chose, dropped here or pasted. */
  async add(files: Iterable<File>): Promise<void> {
    const room = this.host.most - this.#all.length;
    const chosen = [...files];
    const added = chosen.slice(0, Math.max(room, 0)).map((file): [Shown, File] => [
      { key: newId(), name: file.name, type: file.type, size: file.size },
      file,
    ]);
    for (const [one, file] of added) await keepFile(one.key, file);
    this.#all.push(...added.map(([one]) => one));
    this.#draw();
    this.host.changed();
    this.host.problem(chosen.length > room ? word(this.host.words, "tooManyFiles", { n: this.host.most }) : "");
    this.#bringAll();
  }

  /** What a draft brought back. */
  restore(files: readonly PendingFile[]): void {
    this.#all = files.map((one) => ({ ...one }));
    this.#draw();
    this.#bringAll();
  }

  /** They go with a message now, and are its own. */
  handOver(): PendingFile[] {
    const all = this.kept;
    this.#all = [];
    this.#draw();
    return all;
  }

  #bringAll(): void {
    clearTimeout(this.#again);
    if (!this.#bringing) void this.#bringEach();
  }

  /** One after the other, so that they stand in the message as they were chosen. */
  async #bringEach(): Promise<void> {
    this.#bringing = true;
    let one: Shown | undefined;
    while (navigator.onLine && (one = this.#all.find((each) => !each.id && each.refused === undefined)))
      if (!(await this.#bring(one))) break;
    this.#bringing = false;
  }

  /** No, when nobody knows what became of it: then later again. */
  async #bring(one: Shown): Promise<boolean> {
    one.part = 0;
    this.#draw();
    const answer = await upload(this.host.uploadUrl, one, (part) => {
      one.part = part;
      this.#draw();
    });
    one.part = undefined;
    if (!this.#all.includes(one)) {
      // Removed meanwhile; or it went with a message, which then knows by itself.
      return true;
    }
    if (answer?.ok) {
      one.id = answer.file.id;
      one.preview = answer.file.preview;
      one.size = answer.file.size;
    } else if (answer) {
      one.refused = answer.reason || word(this.host.words, "fileRefused");
      this.host.speak(`${one.name}: ${one.refused}`);
    } else this.#again = window.setTimeout(() => this.#bringAll(), AGAIN_AFTER);
    this.#draw();
    this.host.changed();
    return !!answer;
  }

  #remove(one: Shown): void {
    const at = this.#all.indexOf(one);
    if (at < 0) return;
    this.#all.splice(at, 1);
    stopUpload(one.key);
    if (one.id) giveUp(this.host.dropUrl, one.id);
    void dropFiles([one]);
    this.#draw();
    this.host.speak(word(this.host.words, "fileGone", { name: one.name }));
    const next = this.list.querySelectorAll<HTMLElement>("button")[Math.min(at, this.#all.length - 1)];
    next?.focus();
    this.host.changed();
    this.host.problem("");
  }

  #draw(): void {
    this.list.hidden = this.#all.length === 0;
    render(this.#all.map((one) => this.#row(one)), this.list);
  }

  #row(one: Shown): TemplateResult {
    const { words } = this.host;
    const picture = one.type.startsWith("image/");
    return html`<li class="att ${one.refused === undefined ? "" : "att--no"}">
      ${
        one.preview
          ? html`<img class="att__p" src=${one.preview} alt="" width="40" height="40" />`
          : html`<span class="tile tile--blue" aria-hidden="true">${icon(picture ? "image" : "description", "icon--20")}</span>`
      }
      <span class="att__t"><b>${one.name}</b><small>${this.#state(one)}</small></span>
      ${
        one.part === undefined || one.id
          ? nothing
          : html`<progress class="att__bar" max="1" .value=${one.part} aria-label=${word(words, "uploading", { name: one.name })}></progress>`
      }
      <button type="button" class="iconbtn" aria-label=${word(words, "fileRemove", { name: one.name })} @click=${() => this.#remove(one)}>
        ${icon("close", "icon--20")}
      </button>
    </li>`;
  }

  #state(one: Shown): string {
    if (one.refused !== undefined) return one.refused;
    if (one.id) return sizeOf(one.size);
    if (one.part === undefined) return `${sizeOf(one.size)} · ${word(this.host.words, "fileWaits")}`;
    return `${sizeOf(one.size)} · ${Math.round(one.part * 100)} %`;
  }
}
