/** Schemas by zod; other libraries have files of their own, since each takes its time to load. */
import { z } from "npm:zod@4.6.7";

/** Orders and their sum. */
export const zod = {
  args: z.object({
    orders: z.array(z.object({ id: z.int(), price: z.number() })),
    title: z.string().default("Orders"),
  }),
  result: z.object({ total: z.number() }),
};

/** What is checked only after a while. */
export const slow = {
  args: z.object({
    table: z.string().refine(async (name) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      return name !== "gone";
    }, "there is no such table"),
  }),
};

/** Of what must not be told. */
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
