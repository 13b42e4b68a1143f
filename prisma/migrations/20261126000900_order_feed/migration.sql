-- Programs that are told of the feed. Each is one ordered reader: "position" is the number of the last event that is done, and "ahead" has
-- those delivered beyond it. "claim" names the job that has the endpoint in hand, until "claimed_until".
CREATE TABLE "webhook_endpoints" (
    "id" SERIAL NOT NULL,
    "url" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "statuses" "order_status"[],
    "secret" TEXT NOT NULL,
    "former_secret" TEXT,
    "former_secret_until" TIMESTAMPTZ(3),
    "state" TEXT NOT NULL DEFAULT 'active',
    "position" BIGINT NOT NULL,
    "ahead" BIGINT[] DEFAULT ARRAY[]::BIGINT[],
    "try_count" INTEGER NOT NULL DEFAULT 0,
    "failing_since" TIMESTAMPTZ(3),
    "next_try_at" TIMESTAMPTZ(3),
    "last_failure" TEXT,
    "last_delivered_at" TIMESTAMPTZ(3),
    "claim" UUID,
    "claimed_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "webhook_endpoints_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "webhook_endpoints_state" CHECK ("state" IN ('active', 'paused', 'failed', 'deleted'))
);

-- Events that an endpoint refused for good. The reader went on without them.
CREATE TABLE "webhook_dead_letters" (
    "id" BIGSERIAL NOT NULL,
    "endpoint_id" INTEGER NOT NULL,
    "number" BIGINT NOT NULL,
    "event_id" TEXT NOT NULL,
    "failure" TEXT NOT NULL,
    "try_count" INTEGER NOT NULL,
    "died_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "replay_asked_at" TIMESTAMPTZ(3),
    "resolution" TEXT,
    "resolved_at" TIMESTAMPTZ(3),
    CONSTRAINT "webhook_dead_letters_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "webhook_dead_letters_resolution" CHECK ("resolution" IN ('delivered', 'discarded'))
);
CREATE UNIQUE INDEX "webhook_dead_letters_endpoint_id_number_key" ON "webhook_dead_letters"("endpoint_id", "number");
CREATE INDEX "webhook_dead_letters_resolution_id_idx" ON "webhook_dead_letters"("resolution", "id");
