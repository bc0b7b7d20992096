/** The schemas of orders and their sum by arktype. */
import { type } from "npm:arktype@2.2.9";

/** Orders and their sum. */
export const arktype = {
  args: type({
    orders: type({ id: "number.integer", price: "number" }).array(),
    title: "string = 'Orders'",
  }),
  result: type({ total: "number" }),
};
