/**
 * `ctx.state` and the state of assets over the wire.
 *
 * @module
 */
import type { JsonValue } from "../../protocol/value.ts";
import { secondsOf, type Timestamp } from "../../sdk/time.ts";
import type {
  AssetStateStore,
  StateGetOptions,
  StateSetOptions,
  TaskStateStore,
} from "../../sdk/state.ts";
import { readVariable } from "../../supervisor/environment.ts";
import { cannot, checkJson, isNotFound } from "./checks.ts";
import type { Requester } from "../requester.ts";

/** Airflow's own default of `[state_store] default_retention_days`. */
const RETENTION_DAYS = 30;
const RETENTION_VARIABLE = "AIRFLOW__STATE_STORE__DEFAULT_RETENTION_DAYS";
const DAY_SECONDS = 24 * 60 * 60;

/** The state store of the running task instance. */
export class AirflowTaskStateStore implements TaskStateStore {
  readonly #requester: Requester;
  readonly #id: string;

  /** Reads and writes through `requester`; `id` is the UUID of the task instance. */
  constructor(requester: Requester, id: string) {
    this.#requester = requester;
    this.#id = id;
  }

  get<T = JsonValue>(key: string): Promise<T | undefined>;
  get<T = JsonValue, Default = T>(
    key: string,
    options: StateGetOptions<Default>,
  ): Promise<T | Default>;
  get(key: string, options?: StateGetOptions<unknown>): Promise<unknown> {
    const request = { type: "GetTaskStateStore", ti_id: this.#id, key } as const;
    return read(() => this.#requester.request(request), options);
  }

  async set(key: string, value: unknown, options: StateSetOptions = {}): Promise<void> {
    checkEntry(key, value);
    await this.#requester.request({
      type: "SetTaskStateStore",
      ti_id: this.#id,
      key,
      value,
      expires_at: expiryOf(key, options),
    });
  }

  async delete(key: string): Promise<void> {
    checkKey("delete", key);
    await this.#requester.request({ type: "DeleteTaskStateStore", ti_id: this.#id, key });
  }

  async clear(): Promise<void> {
    await this.#requester.request({ type: "ClearTaskStateStore", ti_id: this.#id });
  }
}

/** The name of an asset, or else its URI. */
export type AssetLocator = { readonly name: string } | { readonly uri: string };

/** The state store of an asset. */
export class AirflowAssetStateStore implements AssetStateStore {
  readonly #requester: Requester;
  readonly #asset: AssetLocator;

  /** Reads and writes through `requester`. */
  constructor(requester: Requester, asset: AssetLocator) {
    this.#requester = requester;
    this.#asset = asset;
  }

  get<T = JsonValue>(key: string): Promise<T | undefined>;
  get<T = JsonValue, Default = T>(
    key: string,
    options: StateGetOptions<Default>,
  ): Promise<T | Default>;
  get(key: string, options?: StateGetOptions<unknown>): Promise<unknown> {
    const asset = this.#asset;
    return read(
      () =>
        "name" in asset
          ? this.#requester.request({ type: "GetAssetStateStoreByName", name: asset.name, key })
          : this.#requester.request({ type: "GetAssetStateStoreByUri", uri: asset.uri, key }),
      options,
    );
  }

  async set(key: string, value: unknown): Promise<void> {
    checkEntry(key, value);
    const asset = this.#asset;
    await ("name" in asset
      ? this.#requester.request({ type: "SetAssetStateStoreByName", name: asset.name, key, value })
      : this.#requester.request({ type: "SetAssetStateStoreByUri", uri: asset.uri, key, value }));
  }

  async delete(key: string): Promise<void> {
    checkKey("delete", key);
    const asset = this.#asset;
    await ("name" in asset
      ? this.#requester.request({ type: "DeleteAssetStateStoreByName", name: asset.name, key })
      : this.#requester.request({ type: "DeleteAssetStateStoreByUri", uri: asset.uri, key }));
  }

  async clear(): Promise<void> {
    const asset = this.#asset;
    await ("name" in asset
      ? this.#requester.request({ type: "ClearAssetStateStoreByName", name: asset.name })
      : this.#requester.request({ type: "ClearAssetStateStoreByUri", uri: asset.uri }));
  }
}

async function read(
  request: () => Promise<{ readonly value: JsonValue }>,
  options?: StateGetOptions<unknown>,
): Promise<unknown> {
  try {
    return (await request()).value ?? options?.default;
  } catch (error) {
    if (isNotFound(error)) return options?.default;
    throw error;
  }
}

/** Airflow's API takes the key in a path, where an empty one means the whole store. */
function checkKey(deed: string, key: string): void {
  if (typeof key !== "string" || key === "") {
    throw cannot(`${deed} state "${key}"`, "the key must be a text that is not empty");
  }
}

function checkEntry(key: string, value: unknown): asserts value is JsonValue {
  checkKey("set", key);
  const deed = `set state "${key}"`;
  if (value === null) throw cannot(deed, "the value must not be null. Delete the key instead");
  checkJson(deed, value);
}

function expiryOf(key: string, options: StateSetOptions): Timestamp | null {
  const { retention, expiresAt } = options;
  const deed = `set state "${key}"`;
  if (retention !== undefined && expiresAt !== undefined) {
    throw cannot(deed, '"retention" and "expiresAt" exclude each other');
  }
  if (expiresAt !== undefined) return expiresAt;
  const seconds = retention === undefined
    ? retentionSeconds()
    : secondsOf(retention, `Cannot ${deed}`, "retention");
  // In Airflow's setting, 0 days means for ever.
  if (retention === undefined && seconds === 0) return null;
  return Temporal.Now.instant().add({ milliseconds: Math.round(seconds * 1000) });
}

/** Reads Airflow's default, since null on the wire means for ever. */
function retentionSeconds(): number {
  const days = Number(readVariable(RETENTION_VARIABLE) ?? RETENTION_DAYS);
  return (Number.isInteger(days) && days >= 0 ? days : RETENTION_DAYS) * DAY_SECONDS;
}
