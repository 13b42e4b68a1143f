-- Which stores belong together: one row. The id is drawn here, and a restored database keeps it. The rest says which Redis is joined, and
-- when a process last found it alive, and when one last lost it.
CREATE TABLE "deployment" (
    "only" BOOLEAN NOT NULL DEFAULT TRUE,
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "redis_id" UUID,
    "redis_run" TEXT,
    "redis_seen_at" TIMESTAMPTZ(3),
    "redis_lost_at" TIMESTAMPTZ(3),
    CONSTRAINT "deployment_pkey" PRIMARY KEY ("only"),
    CONSTRAINT "deployment_only" CHECK ("only")
);
INSERT INTO "deployment" DEFAULT VALUES;

-- Who an item is, whatever number it has: after a restore another item may be given its number. 60 random bits.
ALTER TABLE "sale_items" ADD COLUMN "birth" BIGINT NOT NULL
    DEFAULT ('x0' || right(replace(gen_random_uuid()::text, '-', ''), 15))::bit(64)::bigint;

-- How often the total was changed: a ledger that has a higher one knows of a change that was forgotten here.
ALTER TABLE "sale_items" ADD COLUMN "total_version" INTEGER NOT NULL DEFAULT 0;
