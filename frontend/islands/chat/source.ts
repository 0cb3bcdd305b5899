import type { Stretch } from "./window";

/** Where parts of a log come from; one question at a time. */
export class Source {
  #busy: Promise<unknown> | undefined;

  constructor(private readonly url: string) {}

  /** Undefined when there is no answer, or another question is open and one does not wait for it. */
  async ask(query: string, { waits = true, asking = () => undefined as void } = {}): Promise<Stretch | undefined> {
    while (this.#busy) {
      if (!waits) return undefined;
      await this.#busy;
    }
    asking();
    const asked = this.#fetch(query);
    this.#busy = asked;
    const stretch = await asked;
    this.#busy = undefined;
    return stretch;
  }

  async #fetch(query: string): Promise<Stretch | undefined> {
    try {
      const response = await fetch(`${this.url}?${query}`, { headers: { accept: "application/json" } });
      return response.ok && !response.redirected ? ((await response.json()) as Stretch) : undefined;
    } catch {
      return undefined;
    }
  }
}
