import { assert } from "@std/assert";
import { parseFirst, parseFrame, parseRequestFrame } from "../../src/protocol/message.ts";
import { parseReply, REPLIES, type RequestType } from "../../src/protocol/reply.ts";
import { checkRequest, isRequest, requestFault } from "../../src/protocol/request_check.ts";
import { encode } from "../../src/wire/encoder.ts";
import { decodeFrame, golden } from "../protocol/golden.ts";
import { CODEC_INPUTS, expectRefusal, fuzz } from "./campaign.ts";
import { plainText, plainValue, withUnsendable } from "./hostile_value.ts";
import type { Random } from "./random.ts";
import { isPlainObject } from "../../src/values.ts";

const DATES = ["2026-06-16", "2026-10-30"] as const;
const CHANNELS = [undefined, "ToSupervisor", "ToManager"] as const;
const KEYS = ["type", "state", "key", "value", "dag_id", "ti", "msg", "__proto__", "constructor"];
const INPUTS = CODEC_INPUTS / 10;

function isRequestType(name: string): name is RequestType {
  return Object.hasOwn(REPLIES, name);
}

const requestTypes = Object.keys(REPLIES).filter(isRequestType);

/** The requests that a message of this type answers. */
function answered(body: Record<string, unknown> | null): RequestType[] {
  return requestTypes.filter((type) => REPLIES[type] === body?.["type"]).slice(0, 2);
}

type Grow = (random: Random) => unknown;

/** Changes `value` in place at a few points on the way to its leaves; returns what stands there. */
function damaged(random: Random, value: unknown, grow: Grow): unknown {
  if (random.once(12) || !(Array.isArray(value) || isPlainObject(value))) {
    return random.once(6) ? value : grow(random);
  }
  if (Array.isArray(value)) {
    if (value.length === 0 || random.once(6)) value.push(grow(random));
    const at = random.below(value.length);
    if (random.once(6)) value.splice(at, 1);
    else value[at] = damaged(random, value[at], grow);
    return value;
  }
  const keys = Object.keys(value);
  const key = keys.length === 0 || random.once(8) ? newKey(random) : random.pick(keys);
  if (random.once(5)) Reflect.deleteProperty(value, key);
  else put(value, key, damaged(random, Reflect.get(value, key), grow));
  return value;
}

function newKey(random: Random): string {
  return random.once(3) ? plainText(random) : random.pick(KEYS);
}

function put(target: object, key: string, value: unknown): void {
  const property = { value, enumerable: true, configurable: true, writable: true };
  Reflect.defineProperty(target, key, property);
}

/** Calls a check with any arguments; returns true if it accepts them. */
function passes(
  codes: readonly string[],
  check: (...values: never[]) => unknown,
  ...values: unknown[]
): boolean {
  try {
    Reflect.apply(check, undefined, values);
    return true;
  } catch (error) {
    expectRefusal(error, ...codes);
    return false;
  }
}

Deno.test("parseFrame(), parseFirst() and parseReply(): refuse damaged messages as MALFORMED", () => {
  let passed = 0;
  let refused = 0;
  fuzz(INPUTS, (random) => {
    let frame = decodeFrame(random.pick(golden.frames_to_task).hex);
    for (let i = random.below(4); i > 0; i--) {
      frame = damaged(random, frame, (random) => plainValue(random, 3));
    }
    const codes = ["MALFORMED"];
    passes(codes, parseRequestFrame, frame);
    if (!passes(codes, parseFrame, frame)) return;
    const { body } = parseFrame(frame);
    for (const type of [random.pick(requestTypes), ...answered(body)]) {
      if (passes(codes, parseReply, type, body)) passed++;
      else refused++;
    }
    passes(codes, parseFirst, body);
  });
  assert(passed > 0 && refused > 0);
});

Deno.test("checkRequest(): refuses damaged requests as INVALID or UNSUPPORTED, and accepts none that cannot be encoded", () => {
  const codes = ["INVALID", "UNSUPPORTED"];
  let passed = 0;
  let refused = 0;
  fuzz(INPUTS, (random) => {
    let body: unknown = structuredClone(random.pick(golden.frames_to_supervisor).body);
    for (let i = random.below(4); i > 0; i--) {
      body = damaged(random, body, random.once(3) ? withUnsendable : (r) => plainValue(r, 2));
    }
    const date = random.pick(DATES);
    const channel = CHANNELS[random.below(3)];
    const told = requestFault(body, date, channel);
    assert((told === undefined) === isRequest(body, date, channel));
    if (!passes(codes, checkRequest, body, date, channel)) {
      refused++;
      return;
    }
    passed++;
    assert(told === undefined, "checkRequest() passes what isRequest() refuses");
    // a text with a lone surrogate is left for encode() to refuse
    passes(["INVALID"], encode, body);
  });
  assert(passed > 0 && refused > 0);
});
