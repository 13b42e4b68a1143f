-- How many orders of the item have ended; until now, how often some were ended. The ledger counts for itself.
-- No order ends meanwhile, so none is left uncounted.
LOCK TABLE "sale_items" IN SHARE ROW EXCLUSIVE MODE;
UPDATE "sale_items" SET "end_version" = ended."order_count"
FROM (SELECT "item_id", count(*) AS "order_count" FROM "orders" WHERE "status" IN ('cancelled', 'expired') GROUP BY "item_id") ended
WHERE ended."item_id" = "sale_items"."id";
