/**
 * Airflow's public REST API, version 2.
 *
 * @module
 */

import type { JsonObject } from "./task_run.ts";

/** An untyped client: takes paths below `/api/v2/` and returns JSON. */
export class RestApi {
  /** Its address, e.g. `"http://127.0.0.1:8080"`. */
  readonly origin: string;
  #token = "";

  /** A client of the API at this origin. */
  constructor(origin: string) {
    this.origin = origin;
  }

  /** Gets a token; SimpleAuthManager gives everyone one if all users are admins. */
  async logIn(): Promise<void> {
    const response = await fetch(`${this.origin}/auth/token`);
    const { access_token } = await response.json();
    this.#token = access_token;
  }

  /** Reads a resource. */
  get(path: string): Promise<JsonObject> {
    return this.#request("GET", path);
  }

  /** Reads a path below `/ui/`, the private API of the UI. */
  getForUi(path: string): Promise<JsonObject> {
    return this.#request("GET", `../../ui/${path}`);
  }

  /** Reads a resource; returns null if it does not exist. */
  async tryGet(path: string): Promise<JsonObject | null> {
    try {
      return await this.get(path);
    } catch {
      return null;
    }
  }

  /** Creates a resource. */
  post(path: string, body: JsonObject): Promise<JsonObject> {
    return this.#request("POST", path, body);
  }

  /** Changes a resource. */
  patch(path: string, body: JsonObject): Promise<JsonObject> {
    return this.#request("PATCH", path, body);
  }

  async #request(method: string, path: string, body?: JsonObject): Promise<JsonObject> {
    const response = await fetch(`${this.origin}/api/v2/${path}`, {
      method,
      headers: { "authorization": `Bearer ${this.#token}`, "content-type": "application/json" },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`Cannot ${method} ${path}: ${response.status} ${text}`);
    return text ? JSON.parse(text) : {};
  }
}
