/**
 * Learns secrets from what passes between the author and Airflow.
 *
 * @module
 */
import type { StartupDetails } from "../protocol/generated.ts";
import type { ReplyOf, RequestMessage } from "../protocol/reply.ts";
import type { RequestOptions } from "../supervisor/client.ts";
import type { SecretsMask } from "../supervisor/secrets_mask.ts";
import type { Requester } from "./requester.ts";

/**
 * A requester that tells a mask of what Airflow's supervisor masks too: the password and the extra
 * of a connection, the value of a variable whose name is sensitive, and what MaskSecret names.
 *
 * The reason of a retry, which Airflow shows and does not mask, goes out masked.
 */
export class MaskingRequester implements Requester {
  readonly #requester: Requester;
  readonly #secrets: SecretsMask;

  /** Sends through `requester`, and tells `secrets`. */
  constructor(requester: Requester, secrets: SecretsMask) {
    this.#requester = requester;
    this.#secrets = secrets;
  }

  async request<T extends RequestMessage>(
    message: T,
    options?: RequestOptions,
  ): Promise<ReplyOf<T["type"]>> {
    if (message.type === "MaskSecret") this.#secrets.add(message.value, message.name);
    const reply = await this.#requester.request(this.#masked(message), options);
    this.#learn(reply);
    return reply;
  }

  abandon(reason: unknown): void {
    this.#requester.abandon(reason);
  }

  #masked<T extends RequestMessage>(message: T): T {
    if (message.type !== "RetryTask" && message.type !== "TaskState") return message;
    const { retry_reason } = message;
    if (typeof retry_reason !== "string") return message;
    return { ...message, retry_reason: this.#secrets.mask(retry_reason) };
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
