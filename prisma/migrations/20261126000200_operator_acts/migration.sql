-- What an operator's Idempotency-Key stands for. The row is written in the transaction of the act itself, so that an act and its key
-- are there together or not at all; the answer follows when there is one to keep.
CREATE TABLE "operator_acts" (
    "key" TEXT NOT NULL,
    "request" JSONB NOT NULL,
    "effect" JSONB NOT NULL,
    "audit_event_id" BIGINT,
    "answer_status" INTEGER,
    -- Not JSONB, which would forget the order of fields: a replay is the first answer to the letter.
    "answer" JSON,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "operator_acts_pkey" PRIMARY KEY ("key"),
    CONSTRAINT "operator_acts_answer" CHECK (("answer" IS NULL) = ("answer_status" IS NULL))
);

-- Old keys are deleted oldest first.
CREATE INDEX "operator_acts_created_at_idx" ON "operator_acts"("created_at");
