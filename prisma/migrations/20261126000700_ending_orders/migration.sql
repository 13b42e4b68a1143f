-- A sale may ask for payment. NULL: `confirmed` is the end of its orders.
ALTER TABLE "sales"
    ADD COLUMN "pay_within_seconds" INTEGER,
    ADD COLUMN "currency" TEXT,
    ADD CONSTRAINT "sales_pay_within" CHECK ("pay_within_seconds" BETWEEN 1 AND 2592000),
    ADD CONSTRAINT "sales_currency" CHECK ("currency" ~ '^[A-Z]{3}$'),
    ADD CONSTRAINT "sales_payment" CHECK ("pay_within_seconds" IS NULL OR "currency" IS NOT NULL);

-- That of its sale: persist_orders() reads it from the row that it locks anyway. And the units of ended orders of which it is not known
-- yet that they are back in the ledger.
ALTER TABLE "sale_items"
    ADD COLUMN "pay_within_seconds" INTEGER,
    ADD COLUMN "returning_units" INTEGER NOT NULL DEFAULT 0,
    ADD CONSTRAINT "sale_items_returning" CHECK ("returning_units" >= 0);

-- pay_by is what people see. due_at is what expiry looks at: the same at first; a payment that begins moves it once, by a bounded grace.
ALTER TABLE "orders"
    ADD COLUMN "pay_by" TIMESTAMPTZ(3),
    ADD COLUMN "due_at" TIMESTAMPTZ(3),
    ADD COLUMN "paid_at" TIMESTAMPTZ(3),
    ADD COLUMN "ended_at" TIMESTAMPTZ(3),
    ADD COLUMN "is_returning" BOOLEAN NOT NULL DEFAULT FALSE,
    ADD COLUMN "is_withdrawn" BOOLEAN NOT NULL DEFAULT FALSE,
    ADD COLUMN "replaces" UUID;

-- Both hold only the rows that somebody waits for. A sale that asks for no payment writes to neither when its orders are persisted.
CREATE INDEX "orders_due_idx" ON "orders"("item_id", "due_at") WHERE "status" = 'confirmed' AND "due_at" IS NOT NULL;
CREATE INDEX "orders_returning_idx" ON "orders"("item_id", "ended_at") WHERE "is_returning";

-- Every change of an order's status after it was confirmed, written in the commit of the change.
CREATE TABLE "order_events" (
    "id" BIGSERIAL NOT NULL,
    "xid" xid8 NOT NULL DEFAULT pg_current_xact_id(),
    "order_id" UUID NOT NULL,
    "item_id" INTEGER NOT NULL,
    "status" "order_status" NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "detail" JSONB NOT NULL DEFAULT '{}',
    CONSTRAINT "order_events_pkey" PRIMARY KEY ("id")
);
