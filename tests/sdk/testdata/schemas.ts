/** The same schemas by three libraries, and one whose checks take their time. */
import { type } from "npm:arktype@2.2.9";
import * as v from "npm:valibot@1.5.0";
import { z } from "npm:zod@4.6.7";

/** zod */
export const zod = {
  args: z.object({
    orders: z.array(z.object({ id: z.int(), price: z.number() })),
    title: z.string().default("Orders"),
  }),
  result: z.object({ total: z.number() }),
};

/** valibot */
export const valibot = {
  args: v.object({
    orders: v.array(v.object({ id: v.pipe(v.number(), v.integer()), price: v.number() })),
    title: v.optional(v.string(), "Orders"),
  }),
  result: v.object({ total: v.number() }),
};

/** arktype */
export const arktype = {
  args: type({
    orders: type({ id: "number.integer", price: "number" }).array(),
    title: "string = 'Orders'",
  }),
  result: type({ total: "number" }),
};

/** zod, whose check waits. */
export const slow = {
  args: z.object({
    table: z.string().refine(async (name) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      return name !== "gone";
    }, "there is no such table"),
  }),
};

/** zod, of what must not be told. */
export const secret = {
  args: z.object({
    login: z.object({
      password: z.string().refine(() => false, {
        error: ({ input }) => `${JSON.stringify(input)} is too weak`,
      }),
      user: z.string().refine(() => false, {
        error: ({ input }) => `${JSON.stringify(input)} is unknown, its password was hunter2!`,
      }),
    }),
  }),
};
