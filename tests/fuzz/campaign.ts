/**
 * Runs a property over many inputs, and says how to run the one that broke it again.
 *
 * @module
 */
import { TaskRuntimeError } from "../../src/error.ts";
import { Random } from "./random.ts";

/** Inputs for `decode()` in the quick suite; the other tests' numbers are in proportion to it. */
export const CODEC_INPUTS = 15_000;
/** The time limit of one input, in ms; far more than a busy machine needs. */
const MAX_MS = 3000;
/** The limit of the heap in bytes, for any number of inputs. */
const MAX_HEAP_BYTES = 1024 ** 3;

const SEED = setting("FUZZ_SEED") ?? 20_260_616;
const SCALE = (setting("FUZZ_INPUTS") ?? CODEC_INPUTS) / CODEC_INPUTS;
const ONLY = setting("FUZZ_INPUT");

function setting(name: string): number | undefined {
  const text = Deno.env.get(name);
  if (text === undefined || text === "") return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`Cannot read ${name}: it must be a whole number, not "${text}"`);
  }
  return value;
}

/**
 * Makes sure that `error` is a refusal with one of these codes, in the words of all of ours.
 *
 * The message is made only on failure, because showing a value takes longer than decoding it.
 *
 * @throws {Error} with the error shown, if it is another one
 */
export function expectRefusal(error: unknown, ...codes: readonly string[]): void {
  const isTyped = error instanceof TaskRuntimeError && codes.includes(error.code);
  if (isTyped && error.message.startsWith("Cannot ")) return;
  throw new Error(`not a refusal as ${codes.join(" or ")}: ${Deno.inspect(error)}`);
}

/** The objects that keys of the input must never change. */
const PROTOTYPES: readonly object[] = [Object, Array, Map, Uint8Array, String, Function, Error].map(
  (constructor) => constructor.prototype,
);
const KEYS = JSON.stringify(PROTOTYPES.map((prototype) => Reflect.ownKeys(prototype).map(String)));

/** Runs `property` for `inputs` inputs in the quick suite, for more or fewer as FUZZ_INPUTS says. */
export function fuzz(inputs: number, property: (random: Random, input: number) => void): void {
  const random = new Random();
  const first = ONLY ?? 0;
  const end = ONLY === undefined ? Math.ceil(inputs * SCALE) : ONLY + 1;
  const prototypeKeys = Reflect.ownKeys(Object.prototype).length;
  for (let input = first; input < end; input++) {
    random.restart(SEED, input);
    const start = performance.now();
    try {
      property(random, input);
      if (Reflect.ownKeys(Object.prototype).length !== prototypeKeys) {
        throw new Error("Object.prototype has changed");
      }
      const ms = performance.now() - start;
      if (ms > MAX_MS) throw new Error(`it took ${Math.round(ms)} ms`);
      if (input % 1000 === 0) checkHeap();
    } catch (error) {
      throw new Error(
        `input ${input} failed: ${error}; run it alone with FUZZ_SEED=${SEED} FUZZ_INPUT=${input}`,
        { cause: error },
      );
    }
  }
  const keys = PROTOTYPES.map((prototype) => Reflect.ownKeys(prototype).map(String));
  if (JSON.stringify(keys) !== KEYS) {
    throw new Error(`a built-in prototype has changed; run again with FUZZ_SEED=${SEED}`);
  }
}

function checkHeap(): void {
  const { heapUsed, external } = Deno.memoryUsage();
  const held = heapUsed + external;
  if (held > MAX_HEAP_BYTES) throw new Error(`the inputs so far left ${held} bytes`);
}
