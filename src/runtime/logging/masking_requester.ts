/**
 * Learns secrets from what passes between the author and Airflow.
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

/** Fields of what Airflow shows, and does not mask. */
const SHOWN = [
  "retry_reason",
  "rendered_map_index",
  "rendered_fields",
  "import_errors",
] as const;

/**
 * A requester that tells a mask of what Airflow's supervisor masks too: the password and the extra
 * of a connection, the value of a variable whose name is sensitive, and what MaskSecret names.
 *
 * What Airflow shows and does not mask goes out masked: the reason of a retry, the label of a mapped
 * task instance, rendered fields, and the import errors of a Dag file.
 */
export class MaskingRequester implements Requester {
  readonly #requester: Requester;
  readonly #secrets: SecretsMask;

  /** Sends through `requester`, and tells `secrets`. */
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
      this.#learn(reply);
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
      masked["rendered_fields"] = this.#deeply(message.rendered_fields);
    }
    if (message.type === "DagFileParsingResult") {
      masked["import_errors"] = this.#deeply(message.import_errors ?? null);
    }
    return { ...message, ...masked };
  }

  #deeply(value: JsonValue): JsonValue {
    if (typeof value === "string") return this.#secrets.mask(value);
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map((item) => this.#deeply(item));
    const entries = Object.entries(value);
    return Object.fromEntries(entries.map(([key, field]) => [key, this.#deeply(field)]));
  }

  #learn(reply: ReplyOf<RequestMessage["type"]>): void {
    if (reply?.type === "ConnectionResult") this.#secrets.addConnection(reply);
    if (reply?.type === "VariableResult") this.#secrets.add(reply.value, reply.key);
  }
}

/** Tells `secrets` of the connections and variables that came with the start-up details. */
export function learnSecrets({ ti_context }: StartupDetails, secrets: SecretsMask): void {
  for (const connection of ti_context.connections ?? []) secrets.addConnection(connection);
  for (const { key, value } of ti_context.variables ?? []) secrets.add(value, key);
}
