/** Arguments and results of the tasks with schemas. */

/** The arguments of a task. */
export interface Orders {
  orders: { id: number; price: number }[];
  title: string;
}

/** The result of a task. */
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
