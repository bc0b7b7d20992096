/** What the tasks with schemas are given, and give. */

/** What a task is given. */
export interface Orders {
  orders: { id: number; price: number }[];
  title: string;
}

/** What it gives. */
export interface Sum {
  total: number;
  title: string;
}

/** The handler. */
export function tell({ orders, title }: Orders): Sum {
  return { total: orders.reduce((sum, { price }) => sum + price, 0), title };
}

/** A result that is not of the type it says. */
export const wrong: { total: number } = JSON.parse('{ "total": "none" }');
