/**
 * Values in a serialized Dag.
 *
 * JSON stays as it is, except objects: these and other values become `{ __type, __var }`.
 *
 * @module
 */
import { isPlainObject } from "../../../values.ts";
import { TaskRuntimeError } from "../../../error.ts";
import type { JsonObject, JsonValue } from "../../../protocol/value.ts";
import type { Expansion } from "../../../sdk/dag/definition.ts";
import type { ParamDefinition } from "../../../sdk/dag/param.ts";
import { originOf, type ValueOrigin } from "../../../sdk/dag/value_ref.ts";

/** Encodes an author's value, inside of arrays and objects too; `what` is for the error. */
export function encodeValue(value: unknown, what: string): JsonValue {
  if (value === null || value === undefined) return null;
  if (typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") return encodeNumber(value);
  if (typeof value === "bigint") return value;
  if (Array.isArray(value)) return value.map((item) => encodeValue(item, what));
  const origin = originOf(value);
  if (origin !== undefined) return encodeOrigin(origin);
  if (value instanceof Date || value instanceof Temporal.Instant) {
    return typed("datetime", secondsSinceEpoch(value));
  }
  if (value instanceof Temporal.ZonedDateTime) {
    return typed("datetime", secondsSinceEpoch(value.toInstant()));
  }
  if (value instanceof Temporal.Duration) return typed("timedelta", value.total("seconds"));
  if (value instanceof Set) return typed("set", [...value].map((item) => encodeValue(item, what)));
  if (isPlainObject(value)) return encodeObject(value, what);
  throw new TaskRuntimeError(
    "INVALID",
    `Cannot serialize ${what}: JSON cannot express ${kindOf(value)}`,
  );
}

/** Encodes an object as Python's dict. */
export function encodeObject(value: Readonly<Record<string, unknown>>, what: string): JsonObject {
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .map(([key, item]): [string, JsonValue] => [key, encodeValue(item, what)]);
  return typed("dict", Object.fromEntries(entries));
}

/** Encodes a number; infinite ones as Python does. */
function encodeNumber(value: number): JsonValue {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

/** Encodes a value with its type. */
export function typed(type: string, value: JsonValue): JsonObject {
  return { __type: type, __var: value };
}

/** Converts a point in time to seconds since the epoch, with the fraction. */
export function secondsSinceEpoch(time: Date | Temporal.Instant): number {
  if (time instanceof Date) return time.getTime() / 1000;
  return Number(time.epochNanoseconds / 1000n) / 1e6;
}

/** Encodes a reference. */
function encodeOrigin(origin: ValueOrigin): JsonObject {
  if (origin.kind !== "item") return typed("xcomref", encodeReference(origin));
  return typed("mapped_argument", { input: null, key: origin.name });
}

/** Encodes an XCom or a combination of XComs; a plain XCom has no type, as in Airflow. */
function encodeReference(origin: ValueOrigin): JsonObject {
  switch (origin.kind) {
    case "output":
      return { task_id: origin.task.id, key: origin.key };
    case "zip":
      return {
        type: "zip",
        args: origin.refs.map(encodeReference),
        ...(origin.fill === undefined
          ? {}
          : { fillvalue: encodeValue(origin.fill, "a fill value") }),
      };
    case "concat":
      return { type: "concat", args: origin.refs.map(encodeReference) };
    case "map":
      return {
        type: "map",
        arg: encodeReference(origin.ref),
        // Airflow only shows the source; the worker runs the function.
        callables: [String(origin.apply)],
      };
    case "item":
      return { key: origin.name };
  }
}

function kindOf(value: unknown): string {
  const name: unknown = typeof value === "object" && value !== null
    ? Reflect.get(value, "constructor")?.name
    : undefined;
  return typeof name === "string" ? `an instance of ${name}` : `a ${typeof value}`;
}

/** Encodes the lists that a task or group is mapped over. */
export function encodeExpansion(expansion: Expansion, what: string): JsonObject {
  const value: JsonValue = expansion.kind === "dict-of-lists"
    ? encodeObject(expansion.sources, what)
    : encodeValue(expansion.source, what);
  return { type: expansion.kind, value };
}

/** Encodes params with their source, as pairs to keep the order. */
export function encodeParams(
  params: readonly { readonly param: ParamDefinition; readonly source: "dag" | "task" | null }[],
  what: string,
): JsonValue[] {
  return params.map(({ param, source }) => [param.name, {
    __class: "airflow.sdk.definitions.param.Param",
    default: param.default === undefined
      ? typed("arg_not_set", null)
      : encodeValue(param.default, `param "${param.name}" of ${what}`),
    description: param.description,
    schema: encodeObject(param.schema, `param "${param.name}" of ${what}`),
    source,
  }]);
}

/** Tells a list of items from one item. */
export function isList<Item>(value: Item | readonly Item[]): value is readonly Item[] {
  return Array.isArray(value);
}
