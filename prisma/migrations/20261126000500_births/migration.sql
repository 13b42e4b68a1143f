-- Which stores belong together: one row. A restored database keeps the id. The rest says which Redis is joined, and
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
-- A dump of before this migration gets the same id again when it is restored and migrated: the id is made of the oldest sale. A database
-- without sales has nothing to lose, and draws one.
INSERT INTO "deployment" ("id")
    SELECT coalesce(
        (SELECT md5(concat_ws('/', 'deployment', "id", (extract(epoch FROM "created_at") * 1000)::bigint))::uuid
            FROM "sales" ORDER BY "id" LIMIT 1),
        gen_random_uuid());

-- Who an item is, whatever number it has: after a restore another item may be given its number. 60 bits: random, and for items that are
-- there already made of what never changes, so that a dump of before this migration gets the same births again.
ALTER TABLE "sale_items" ADD COLUMN "birth" BIGINT;
UPDATE "sale_items" SET "birth" = ('x0' || right(md5(concat_ws(
        '/', 'birth', "sale_items"."id", "sale_id", "sku", (extract(epoch FROM "created_at") * 1000)::bigint
    )), 15))::bit(64)::bigint
    FROM "sales" WHERE "sales"."id" = "sale_id";
ALTER TABLE "sale_items" ALTER COLUMN "birth"
    SET DEFAULT ('x0' || right(replace(gen_random_uuid()::text, '-', ''), 15))::bit(64)::bigint;
ALTER TABLE "sale_items" ALTER COLUMN "birth" SET NOT NULL;

-- How often the total was changed: a ledger that has a higher one knows of a change that was forgotten here.
ALTER TABLE "sale_items" ADD COLUMN "total_version" INTEGER NOT NULL DEFAULT 0;
