/**
 * Opens the store of a location with the connection of the running task.
 *
 * @module
 */
import { FileStore } from "./file_store.ts";
import { S3Client } from "./s3_client.ts";
import { PUBLIC, type S3Settings, settingsOf } from "./s3_connection.ts";
import { S3Store } from "./s3_store.ts";
import { type Location, type Store, StoreFailure } from "./store.ts";
import { getContext, type TaskContext, TaskRuntimeError } from "./task_runtime.ts";

const FILES = new FileStore();
const PUBLIC_S3 = new S3Store(new S3Client(PUBLIC));
/** The stores by task and connection, so that a task requests each connection once. */
const opened = new WeakMap<TaskContext, Map<string, Promise<Store>>>();

/**
 * Opens the store of a location.
 *
 * @throws {TaskRuntimeError} as `ctx.connections.get()` does, and `INVALID` outside of a task
 * @throws {StoreFailure} if the connection cannot be used
 */
export async function openStore({ protocol, connId }: Location): Promise<Store> {
  if (protocol === "file") return FILES;
  if (connId === null) return PUBLIC_S3;
  const ctx = getContext();
  const stores = opened.get(ctx) ?? new Map<string, Promise<Store>>();
  opened.set(ctx, stores);
  const known = stores.get(connId);
  if (known !== undefined) return await known;
  const store = connect(ctx, connId);
  stores.set(connId, store);
  // A later attempt may succeed.
  store.catch(() => stores.delete(connId));
  return await store;
}

/** Returns the signal of the running task; undefined outside of a task. */
export function taskSignal(): AbortSignal | undefined {
  try {
    return getContext().signal;
  } catch (error) {
    if (error instanceof TaskRuntimeError && error.code === "INVALID") return undefined;
    throw error;
  }
}

async function connect(ctx: TaskContext, connId: string): Promise<Store> {
  const connection = await ctx.connections.get(connId);
  const isAws = ["aws", "s3"].includes(connection.connType);
  if (!isAws) {
    const reason = `connection "${connId}" must have type aws, got ${connection.connType}`;
    throw new StoreFailure("INVALID", reason);
  }
  const settings = settingsOf(connection);
  await maskSecrets(ctx, settings);
  return new S3Store(new S3Client(settings));
}

/** Airflow masks the password, but not every field of the extra. */
async function maskSecrets(ctx: TaskContext, { credentials }: S3Settings): Promise<void> {
  if (credentials === undefined) return;
  const { secretAccessKey, sessionToken } = credentials;
  await ctx.maskSecret(secretAccessKey);
  if (sessionToken !== undefined) await ctx.maskSecret(sessionToken);
}
