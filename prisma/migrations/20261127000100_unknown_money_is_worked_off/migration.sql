-- Money that came for no payment of ours waits until an operator says what became of it. The number is its name in paths and lists.
-- It comes from the sequence of payments: a sequence of its own would need a right, and webhooks come before the rights are granted again.
ALTER TABLE "payment_events"
    ADD COLUMN "number" BIGINT NOT NULL DEFAULT nextval('payments_number_seq'),
    ADD COLUMN "resolved_at" TIMESTAMPTZ(3);

DROP INDEX "payment_events_unknown_idx";
CREATE UNIQUE INDEX "payment_events_unknown_idx" ON "payment_events"("number")
WHERE "outcome" = 'unknown' AND "kind" = 'succeeded' AND "resolved_at" IS NULL;
