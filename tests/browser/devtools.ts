/**
 * A client for the DevTools protocol over a WebSocket: commands with their replies, and events.
 *
 * The tests need a dozen commands; a library that drives browsers is larger than this project.
 *
 * @module
 */

/** The parameters of a command, the result of one, or the parameters of an event. */
export type Fields = Readonly<Record<string, unknown>>;

/** Receives an event: its name, its parameters and its session. */
export type Listener = (method: string, params: Fields, sessionId: string | undefined) => void;

/** A connection to a browser. */
export class DevTools implements AsyncDisposable {
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, PromiseWithResolvers<Fields>>();
  readonly #listeners = new Set<Listener>();
  readonly #closed = Promise.withResolvers<void>();
  #last = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#receive(String(data)));
    socket.addEventListener("close", () => {
      for (const { reject } of this.#pending.values()) {
        reject(new Error("the browser closed the connection"));
      }
      this.#pending.clear();
      this.#closed.resolve();
    });
  }

  /** Connects to the address that the browser has printed. */
  static async connect(url: string): Promise<DevTools> {
    const socket = new WebSocket(url);
    const opened = Promise.withResolvers<void>();
    socket.addEventListener("open", () => opened.resolve(), { once: true });
    socket.addEventListener("error", () => opened.reject(new Error(`cannot reach ${url}`)), {
      once: true,
    });
    await opened.promise;
    return new DevTools(socket);
  }

  /** Sends a command to the browser or to one of its sessions; returns its result. */
  send(method: string, params: Fields = {}, sessionId?: string): Promise<Fields> {
    const id = ++this.#last;
    const pending = Promise.withResolvers<Fields>();
    this.#pending.set(id, pending);
    this.#socket.send(JSON.stringify({ id, method, params, sessionId }));
    return pending.promise;
  }

  /** Calls `listener` for each event until the returned object is disposed. */
  listen(listener: Listener): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Closes the connection. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    await this.#closed.promise;
  }

  #receive(text: string): void {
    const { id, method, params, result, error, sessionId } = JSON.parse(text);
    if (method !== undefined) {
      for (const listener of this.#listeners) listener(method, params, sessionId);
      return;
    }
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (error === undefined) pending?.resolve(result);
    else pending?.reject(new Error(`${error.message} (${error.data ?? error.code})`));
  }
}
