/** The place of a strategy's stock, and of its orders if it keeps any. */
export type Books =
  /** A number in Redis, and no orders. */
  | 'redis'
  /** A number and a list of orders in Redis. */
  | 'redis with orders'
  /** A number in Redis, and orders as jobs of a BullMQ queue. */
  | 'redis with queue'
  /** A row of `lab_stock`, and rows of `lab_orders`. */
  | 'postgres'
  /** The product's ledger, and its orders in Postgres. */
  | 'product'
