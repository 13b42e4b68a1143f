-- A sale may ask for payment. NULL: `confirmed` is the end of its orders.
ALTER TABLE "sales"
    ADD COLUMN "pay_within_seconds" INTEGER,
    ADD COLUMN "currency" TEXT,
    ADD CONSTRAINT "sales_pay_within" CHECK ("pay_within_seconds" BETWEEN 1 AND 2592000),
    ADD CONSTRAINT "sales_currency" CHECK ("currency" ~ '^[A-Z]{3}$'),
    ADD CONSTRAINT "sales_payment" CHECK ("pay_within_seconds" IS NULL OR "currency" IS NOT NULL);

-- That of its sale: persist_orders() reads it from the row that it locks anyway. The units of ended orders of which it is not known yet
-- that they are back in the ledger. And how often orders of the item were ended.
ALTER TABLE "sale_items"
    ADD COLUMN "pay_within_seconds" INTEGER,
    ADD COLUMN "returning_units" INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN "end_version" INTEGER NOT NULL DEFAULT 0,
    ADD CONSTRAINT "sale_items_returning" CHECK ("returning_units" >= 0);

-- pay_by is what people see. due_at is what expiry looks at: the same at first; a payment that begins moves it once, by a bounded grace.
ALTER TABLE "orders"
    ADD COLUMN "pay_by" TIMESTAMPTZ(3),
    ADD COLUMN "due_at" TIMESTAMPTZ(3),
    ADD COLUMN "paid_at" TIMESTAMPTZ(3),
    ADD COLUMN "ended_at" TIMESTAMPTZ(3),
    ADD COLUMN "replaces" UUID;

-- It holds only unpaid orders. A sale that asks for no payment writes nothing to it when its orders are persisted.
CREATE INDEX "orders_due_idx" ON "orders"("item_id", "due_at") WHERE "status" = 'confirmed' AND "due_at" IS NOT NULL;

-- Ended orders of which it is not known yet that the ledger has their units back. "is_withdrawn": the units are not sold again, the item's
-- total was lowered by them. A table of its own: a mark on the order would be two more writes to each of its indexes.
CREATE TABLE "returning_orders" (
    "order_id" UUID NOT NULL,
    "item_id" INTEGER NOT NULL,
    "quantity" INTEGER NOT NULL,
    "is_withdrawn" BOOLEAN NOT NULL,
    "ended_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "returning_orders_pkey" PRIMARY KEY ("order_id")
);
CREATE INDEX "returning_orders_item_id_ended_at_idx" ON "returning_orders"("item_id", "ended_at");

-- Every change of an order's status after it was confirmed, written in the commit of the change. One numbering for the whole feed: these,
-- and the rows of "orders". So a later change of an order has a higher number than an earlier one, and a position in the feed is one
-- number, which a dump keeps. feed-horizon.ts says up to which number the feed is decided, so no row has to carry its transaction.
CREATE TABLE "order_events" (
    "id" BIGINT NOT NULL DEFAULT nextval('orders_number_seq'),
    "order_id" UUID NOT NULL,
    "item_id" INTEGER NOT NULL,
    "status" "order_status" NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "detail" JSONB NOT NULL DEFAULT '{}',
    CONSTRAINT "order_events_pkey" PRIMARY KEY ("id")
);
