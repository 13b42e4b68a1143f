-- A settled item stays so only as long as nobody touches it: a new holder, a restock, a rebuild, an order persisted or given back.
-- A trigger, so that no statement can forget it, one written later included.
CREATE OR REPLACE FUNCTION unsettle_item() RETURNS TRIGGER LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    NEW.settled_at := NULL;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER sale_items_unsettle BEFORE UPDATE ON "sale_items" FOR EACH ROW
WHEN (OLD.settled_at IS NOT NULL
      AND (NEW.fence, NEW.epoch, NEW.total, NEW.persisted) IS DISTINCT FROM (OLD.fence, OLD.epoch, OLD.total, OLD.persisted))
EXECUTE FUNCTION unsettle_item();
