/**
 * Registers and masks the secrets in requests and replies.
 *
 * @module
 */
import type { StartupDetails } from "../../protocol/generated.ts";
import type { ReplyOf, RequestMessage } from "../../protocol/reply.ts";
import type { RequestOptions } from "../../supervisor/client.ts";
import type { JsonValue } from "../../protocol/value.ts";
import type { SecretsMask } from "../../protocol/secrets_mask.ts";
import { shortened } from "../task/terminal_message.ts";
import type { Requester } from "../requester.ts";

/** Fields that Airflow shows and does not mask. */
const SHOWN = [
  "retry_reason",
  "rendered_map_index",
  "rendered_fields",
  "import_errors",
] as const;

/**
 * A requester that registers the secrets that Airflow's supervisor masks too: the password and extra
 * of a connection, the value of a variable with a sensitive name, and the value in MaskSecret.
 *
 * It masks what Airflow shows without masking: the reason of a retry, the label of a mapped task
 * instance, rendered fields, and the import errors of a Dag file.
 */
export class MaskingRequester implements Requester {
  readonly #requester: Requester;
  readonly #secrets: SecretsMask;

  /** Sends requests through `requester` and registers secrets in `secrets`. */
  constructor(requester: Requester, secrets: SecretsMask) {
    this.#requester = requester;
    this.#secrets = secrets;
  }

  request<T extends RequestMessage>(
    message: T,
    options?: RequestOptions,
  ): Promise<ReplyOf<T["type"]>> {
    if (message.type === "MaskSecret") this.#secrets.add(message.value, message.name);
    return this.#requester.request(this.#masked(message), options).then((reply) => {
      this.#register(reply);
      return reply;
    });
  }

  abandon(reason: unknown): void {
    this.#requester.abandon(reason);
  }

  #masked<T extends RequestMessage>(message: T): T {
    if (!SHOWN.some((field) => field in message)) return message;
    const masked: { [field: string]: unknown } = {};
    if ("retry_reason" in message && typeof message.retry_reason === "string") {
      masked["retry_reason"] = shortened(this.#secrets.mask(message.retry_reason));
    }
    if ("rendered_map_index" in message && typeof message.rendered_map_index === "string") {
      masked["rendered_map_index"] = this.#secrets.mask(message.rendered_map_index);
    }
    if (message.type === "SetRenderedFields") {
      masked["rendered_fields"] = this.#maskedValue(message.rendered_fields);
    }
    if (message.type === "DagFileParsingResult") {
      masked["import_errors"] = this.#maskedValue(message.import_errors ?? null);
    }
    return { ...message, ...masked };
  }

  #maskedValue(value: JsonValue): JsonValue {
    if (typeof value === "string") return this.#secrets.mask(value);
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map((item) => this.#maskedValue(item));
    const entries = Object.entries(value);
    return Object.fromEntries(entries.map(([key, field]) => [key, this.#maskedValue(field)]));
  }

  #register(reply: ReplyOf<RequestMessage["type"]>): void {
    if (reply?.type === "ConnectionResult") this.#secrets.addConnection(reply);
    if (reply?.type === "VariableResult") this.#secrets.add(reply.value, reply.key);
  }
}

/** Registers the secrets in the connections and variables of StartupDetails. */
export function registerSecrets({ ti_context }: StartupDetails, secrets: SecretsMask): void {
  for (const connection of ti_context.connections ?? []) secrets.addConnection(connection);
  for (const { key, value } of ti_context.variables ?? []) secrets.add(value, key);
}
