/** The schemas of orders and their sum by valibot. */
import * as v from "npm:valibot@1.5.0";

/** Orders and their sum. */
export const valibot = {
  args: v.object({
    orders: v.array(v.object({ id: v.pipe(v.number(), v.integer()), price: v.number() })),
    title: v.optional(v.string(), "Orders"),
  }),
  result: v.object({ total: v.number() }),
};
