-- A statement has the id of its transaction before it takes the first number of the feed. So whoever sees a number, and takes a transaction
-- id after that, has a higher id than the transaction that the number belongs to: feed-horizon.ts rests on it. A trigger, so that no
-- statement can forget it; one call a statement, whatever the number of its rows. It names no table, so it needs no search_path.
CREATE OR REPLACE FUNCTION take_transaction_id() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 WHERE TRUE
        AND pg_current_xact_id() IS NOT NULL -- guard: the transaction before its numbers
    ;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER orders_transaction_id BEFORE INSERT ON "orders" FOR EACH STATEMENT
EXECUTE FUNCTION take_transaction_id();

CREATE OR REPLACE TRIGGER order_events_transaction_id BEFORE INSERT ON "order_events" FOR EACH STATEMENT
EXECUTE FUNCTION take_transaction_id();
