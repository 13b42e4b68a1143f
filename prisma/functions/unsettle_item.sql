-- A settled item stays so only as long as nobody touches it: a new holder, a restock, a rebuild, an order persisted or given back.
-- A trigger, so that no statement can forget it, one written later included.
CREATE OR REPLACE FUNCTION unsettle_item() RETURNS TRIGGER LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    NEW.settled_at := NULL;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER sale_items_unsettle BEFORE UPDATE ON "sale_items" FOR EACH ROW
WHEN (OLD.settled_at IS NOT NULL AND (FALSE
      OR NEW.fence IS DISTINCT FROM OLD.fence -- guard: a new holder
      OR NEW.epoch IS DISTINCT FROM OLD.epoch -- guard: a new epoch
      OR NEW.total IS DISTINCT FROM OLD.total -- guard: a restock
      OR NEW.persisted IS DISTINCT FROM OLD.persisted -- guard: units persisted or given back
))
EXECUTE FUNCTION unsettle_item();
