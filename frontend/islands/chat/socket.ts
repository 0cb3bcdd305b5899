import { CLOSE_SIGNED_OUT, CLOSE_TOO_MANY, HEARTBEAT, type Command, type Event } from "../../wire/chat";

const FIRST_WAIT = 300;
const LONGEST_WAIT = 20_000;
const SILENCE = 10_000;

export interface SocketHost {
  event(event: Event): void;
  up(): void;
  down(): void;
  signedOut(): void;
}

/** A socket to the server: comes back by itself, and notices when the other end is silent. */
export class Socket {
  #socket: WebSocket | undefined;
  #tries = 0;
  #again = 0;
  #beat = 0;
  #silence = 0;
  #until = 0;
  #over = false;
  open = false;

  constructor(private readonly on: SocketHost) {
    this.#connect();
  }

  say(command: Command): boolean {
    if (!this.open || this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(command));
    return true;
  }

  /** Something woke up (network, page, machine): ask now instead of waiting. */
  wake(): void {
    if (this.#over) return;
    if (this.open) this.#ping();
    else if (!this.#socket || this.#socket.readyState > WebSocket.OPEN) {
      this.#tries = 0;
      this.#connect();
    }
  }

  /** Give this socket up without waiting for its goodbye: a dead network never says one. */
  cut(): void {
    const socket = this.#socket;
    if (!socket || socket.readyState === WebSocket.CLOSED) return;
    socket.onclose = socket.onmessage = socket.onopen = null;
    socket.close();
    this.#lost(0);
  }

  /** For good: somebody else holds the line, or the page goes. */
  end(): void {
    this.#over = true;
    this.cut();
    clearTimeout(this.#again);
  }

  #connect(): void {
    clearTimeout(this.#again);
    if (this.#over) return;
    const address = new URL("/ws/chat/", location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(address);
    this.#socket = socket;
    socket.onopen = () => {
      this.open = true;
      this.#until = 0;
      this.say({ op: "hello" });
      this.on.up();
      this.#beat = window.setInterval(() => this.#ping(), HEARTBEAT * 1000);
    };
    socket.onmessage = (message) => {
      this.#tries = 0;
      clearTimeout(this.#silence);
      this.#silence = 0;
      const event = JSON.parse(message.data as string) as Event;
      if (event.op === "bye") this.#leave(event.wait);
      else this.on.event(event);
    };
    socket.onclose = (event) => {
      if (socket === this.#socket) this.#lost(event.code);
    };
  }

  #ping(): void {
    this.say({ op: "ping" });
    this.#silence ||= window.setTimeout(() => this.cut(), SILENCE);
  }

  /** The server ends soon: go when it asked for, and come back then to whichever answers. */
  #leave(wait: number): void {
    this.#until = Date.now() + wait * 1000;
    window.setTimeout(() => this.#until && this.cut(), wait * 1000);
  }

  #lost(code: number): void {
    clearInterval(this.#beat);
    clearTimeout(this.#silence);
    clearTimeout(this.#again);
    this.#silence = 0;
    this.#socket = undefined;
    if (this.open) {
      this.open = false;
      this.on.down();
    }
    if (code === CLOSE_SIGNED_OUT) {
      this.#over = true;
      this.on.signedOut();
      return;
    }
    if (this.#over) return;
    if (code === CLOSE_TOO_MANY) this.#tries = Math.max(this.#tries, 6);
    const grown = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#tries++) * (0.5 + Math.random());
    this.#again = window.setTimeout(() => this.#connect(), Math.max(grown, this.#until - Date.now()));
    this.#until = 0;
  }
}
