-- When the books of an ended sale's item were found closed in both stores; NULL while the sweep has to look at the item.
ALTER TABLE "sale_items" ADD COLUMN "settled_at" TIMESTAMPTZ(3);

-- How a sweep finds its work without reading all that ever was. Neither index is touched by a batch of orders.
CREATE INDEX "sale_items_settled_at_id_idx" ON "sale_items"("settled_at", "id");
CREATE INDEX "sales_closes_at_idx" ON "sales"("closes_at");

-- A settled item stays so only as long as nobody touches it: a new holder, a restock, a rebuild, an order persisted or given back.
-- A trigger, so that no statement can forget it, one written later included.
CREATE FUNCTION unsettle_item() RETURNS TRIGGER LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    NEW.settled_at := NULL;
    RETURN NEW;
END $$;

CREATE TRIGGER sale_items_unsettle BEFORE UPDATE ON "sale_items" FOR EACH ROW
WHEN (OLD.settled_at IS NOT NULL
      AND (NEW.fence, NEW.epoch, NEW.total, NEW.persisted) IS DISTINCT FROM (OLD.fence, OLD.epoch, OLD.total, OLD.persisted))
EXECUTE FUNCTION unsettle_item();
