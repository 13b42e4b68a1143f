-- open: begun. failed: its buyer did not pay, and may yet. paid: it paid the order `paid_order_id`. late: the money came after the order had
-- ended, and is to buy another one. refund: the money goes back, by the row in `refunds`.
CREATE TYPE "payment_state" AS ENUM ('open', 'failed', 'paid', 'late', 'refund');

-- A payment that was begun for an order. `amount` is in the smallest unit of the currency, as providers count.
CREATE TABLE "payments" (
    "id" UUID NOT NULL,
    "number" BIGSERIAL NOT NULL,
    "order_id" UUID NOT NULL,
    "item_id" INTEGER NOT NULL,
    "buyer" TEXT NOT NULL,
    "quantity" INTEGER NOT NULL,
    "provider" TEXT NOT NULL,
    "provider_ref" TEXT,
    "capture_ref" TEXT,
    "url" TEXT,
    "amount" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,
    "state" "payment_state" NOT NULL DEFAULT 'open',
    "fault" TEXT,
    "paid_order_id" UUID,
    "check_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT "payments_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "payments_amount" CHECK ("amount" > 0),
    CONSTRAINT "payments_paid" CHECK ("state" <> 'paid' OR "paid_order_id" IS NOT NULL)
);
CREATE UNIQUE INDEX "payments_number_key" ON "payments"("number");
-- No order is paid by two payments (I12).
CREATE UNIQUE INDEX "payments_paid_order_id_key" ON "payments"("paid_order_id");
CREATE INDEX "payments_order_id_idx" ON "payments"("order_id");
-- An order has one open payment with a provider at a time.
CREATE UNIQUE INDEX "payments_open_idx" ON "payments"("order_id", "provider") WHERE "state" = 'open';
-- Those that the worker is to look at: what became of an open one, and what a late one can buy.
CREATE INDEX "payments_check_idx" ON "payments"("check_at") WHERE "check_at" IS NOT NULL;

-- What providers told, each event once. `payment_id` is as they told it, and may be none of ours.
CREATE TABLE "payment_events" (
    "provider" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "payment_id" UUID,
    "kind" TEXT NOT NULL,
    "amount" BIGINT,
    "currency" TEXT,
    "outcome" TEXT,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT "payment_events_pkey" PRIMARY KEY ("provider", "event_id")
);

CREATE TYPE "refund_state" AS ENUM ('due', 'done');

-- Money that goes back. A payment goes back once at most (I12). `round` counts the tries that the provider refused for good: with it, a
-- new try has a new idempotency key.
CREATE TABLE "refunds" (
    "id" BIGSERIAL NOT NULL,
    "payment_id" UUID NOT NULL,
    "amount" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "state" "refund_state" NOT NULL DEFAULT 'due',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "round" INTEGER NOT NULL DEFAULT 0,
    "next_try_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "last_error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "done_at" TIMESTAMPTZ(3),
    CONSTRAINT "refunds_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "refunds_amount" CHECK ("amount" > 0),
    CONSTRAINT "refunds_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "payments"("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "refunds_payment_id_key" ON "refunds"("payment_id");
CREATE INDEX "refunds_due_idx" ON "refunds"("next_try_at") WHERE "state" = 'due';
