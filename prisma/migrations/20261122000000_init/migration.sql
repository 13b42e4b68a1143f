CREATE TYPE "sale_state" AS ENUM ('live', 'paused', 'closed');
CREATE TYPE "order_status" AS ENUM ('confirmed', 'paid', 'cancelled', 'expired', 'rejected');

CREATE TABLE "sales" (
    "id" SERIAL NOT NULL,
    "name" TEXT NOT NULL,
    "state" "sale_state" NOT NULL DEFAULT 'live',
    "opens_at" TIMESTAMPTZ(3) NOT NULL,
    "closes_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "sales_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "sales_window" CHECK ("opens_at" < "closes_at")
);

CREATE TABLE "sale_items" (
    "id" SERIAL NOT NULL,
    "sale_id" INTEGER NOT NULL,
    "sku" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "price_cents" INTEGER NOT NULL,
    "total" INTEGER NOT NULL,
    "persisted" INTEGER NOT NULL DEFAULT 0,
    "purchase_limit" INTEGER NOT NULL,
    "epoch" INTEGER NOT NULL DEFAULT 0,
    "fence" BIGINT NOT NULL DEFAULT 0,
    CONSTRAINT "sale_items_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "sale_items_price" CHECK ("price_cents" >= 0),
    CONSTRAINT "sale_items_purchase_limit" CHECK ("purchase_limit" > 0),
    -- The last defence against overselling (I1): whatever Redis said, Postgres never holds more active units than there are.
    CONSTRAINT "sale_items_no_oversell" CHECK ("persisted" BETWEEN 0 AND "total")
)
-- Its counter changes with every batch: room on the page keeps those updates from touching an index.
WITH (fillfactor = 50);

CREATE TABLE "orders" (
    "id" UUID NOT NULL,
    "number" BIGSERIAL NOT NULL,
    "item_id" INTEGER NOT NULL,
    "buyer" TEXT NOT NULL,
    "quantity" INTEGER NOT NULL,
    "status" "order_status" NOT NULL,
    "reason" TEXT,
    "accepted_at" TIMESTAMPTZ(3) NOT NULL,
    "confirmed_at" TIMESTAMPTZ(3),
    CONSTRAINT "orders_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "orders_quantity" CHECK ("quantity" > 0),
    CONSTRAINT "orders_buyer" CHECK (char_length("buyer") BETWEEN 1 AND 128)
);

CREATE TABLE "buyer_quota" (
    "item_id" INTEGER NOT NULL,
    "buyer" TEXT NOT NULL,
    "units" INTEGER NOT NULL,
    "purchase_limit" INTEGER NOT NULL,
    CONSTRAINT "buyer_quota_pkey" PRIMARY KEY ("item_id", "buyer"),
    -- The last defence of the purchase limit (I5).
    CONSTRAINT "buyer_quota_limit" CHECK ("units" BETWEEN 0 AND "purchase_limit")
);

CREATE TABLE "quarantine" (
    "id" BIGSERIAL NOT NULL,
    "item_id" INTEGER NOT NULL,
    "order_id" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "sql_state" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "quarantine_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "restocks" (
    "item_id" INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    "units" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "restocks_pkey" PRIMARY KEY ("item_id", "key")
);

CREATE TABLE "audit_events" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "sale_id" INTEGER,
    "item_id" INTEGER,
    "detail" JSONB NOT NULL DEFAULT '{}',
    CONSTRAINT "audit_events_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "sale_items_sale_id_sku_key" ON "sale_items"("sale_id", "sku");
CREATE UNIQUE INDEX "orders_number_key" ON "orders"("number");
CREATE INDEX "orders_item_id_number_idx" ON "orders"("item_id", "number");
CREATE UNIQUE INDEX "quarantine_item_id_order_id_key" ON "quarantine"("item_id", "order_id");
CREATE INDEX "audit_events_item_id_id_idx" ON "audit_events"("item_id", "id");

ALTER TABLE "sale_items" ADD CONSTRAINT "sale_items_sale_id_fkey" FOREIGN KEY ("sale_id") REFERENCES "sales"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
