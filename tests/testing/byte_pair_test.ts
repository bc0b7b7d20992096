import { assertEquals, assertInstanceOf } from "@std/assert";
import { TaskRuntimeError } from "../../mod.ts";
import { bytePair } from "../../src/testing/byte_pair.ts";

Deno.test("bytePair(): carries bytes both ways, in chunks of at most the reader's buffer", async () => {
  const [near, far] = bytePair();
  const bytes = new Uint8Array([1, 2, 3]);
  assertEquals(await near.write(bytes), 3);
  bytes.fill(9); // the writer's buffer is its own again
  const buffer = new Uint8Array(2);
  assertEquals([await far.read(buffer), [...buffer]], [2, [1, 2]]);
  assertEquals([await far.read(buffer), buffer[0]], [1, 3]);
  const reading = near.read(buffer);
  await far.write(new Uint8Array([7]));
  assertEquals([await reading, buffer[0]], [1, 7]);
});

Deno.test("bytePair(): ends after the written bytes when either end closes", async () => {
  const [near, far] = bytePair();
  const waiting = near.read(new Uint8Array(1));
  await near.write(new Uint8Array([5]));
  far.close();
  assertEquals(await waiting, null);
  const buffer = new Uint8Array(1);
  assertEquals([await far.read(buffer), buffer[0]], [1, 5]);
  assertEquals(await far.read(buffer), null);
  const error = await near.write(new Uint8Array(1)).catch((thrown: unknown) => thrown);
  assertInstanceOf(error, TaskRuntimeError);
  assertEquals(error.code, "CLOSED");
});
