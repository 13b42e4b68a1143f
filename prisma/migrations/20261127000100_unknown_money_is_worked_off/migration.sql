-- Money that came for no payment of ours waits until an operator says what became of it. The number is its name in paths and lists.
ALTER TABLE "payment_events"
    ADD COLUMN "number" BIGSERIAL NOT NULL,
    ADD COLUMN "resolved_at" TIMESTAMPTZ(3);

DROP INDEX "payment_events_unknown_idx";
CREATE UNIQUE INDEX "payment_events_unknown_idx" ON "payment_events"("number")
WHERE "outcome" = 'unknown' AND "kind" = 'succeeded' AND "resolved_at" IS NULL;
