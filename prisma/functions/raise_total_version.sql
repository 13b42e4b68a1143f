-- Each change of an item's total raises its version, which the ledger copies: so a Postgres that was restored from before the change is
-- known by its lower version. A trigger, so that no statement can forget it, nor one of the version before.
CREATE OR REPLACE FUNCTION raise_total_version() RETURNS TRIGGER LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    NEW.total_version := greatest(NEW.total_version, OLD.total_version + 1);
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER sale_items_total_version BEFORE UPDATE OF total ON "sale_items" FOR EACH ROW
WHEN (OLD.total IS DISTINCT FROM NEW.total)
EXECUTE FUNCTION raise_total_version();
