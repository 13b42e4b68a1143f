-- Notes that the ledger has the units of these ended orders of one item: they are returning no more. Called after release.lua answered for
-- each of them. Once noted, an order is returning no more, so that a repeated call lowers nothing twice. Returns how many orders were noted.
CREATE OR REPLACE FUNCTION units_are_back(p_item INTEGER, p_ids UUID[])
RETURNS INTEGER LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
DECLARE
    noted INTEGER;
BEGIN
    PERFORM FROM sale_items WHERE id = p_item FOR NO KEY UPDATE;
    WITH back AS (
        DELETE FROM returning_orders WHERE order_id = ANY (p_ids)
            AND item_id + 0 = p_item -- guard: a returning order of another item
        RETURNING quantity, is_withdrawn
    ), counted AS (
        -- The units of withdrawn orders were never counted: the total was lowered instead.
        UPDATE sale_items
        SET returning_units = returning_units - (SELECT coalesce(sum(quantity) FILTER (WHERE NOT is_withdrawn), 0) FROM back)
        WHERE id = p_item AND EXISTS (SELECT FROM back)
    )
    SELECT count(*) INTO noted FROM back;
    RETURN noted;
END $$;
