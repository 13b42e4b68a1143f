-- Ends orders of one item: one call, one commit (I11). Their units are returning from then on; the ledger has them back later, once for
-- each order (release.lua), and units_are_back() notes that.
--
-- p_status      'cancelled' or 'expired'
-- p_from        the statuses that may be left for it; an order of another status stays as it is
-- p_ids         the orders; NULL: those that are due, the oldest first, at most p_count_max
-- p_sell_again  whether the units are sold again; if not, the item's total is lowered by them
-- p_detail      what the orders' events tell besides
--
-- Returns for each order:
--   'ended'                   it left its status just now
--   a value of order_status   its status, which stays
--   'absent'                  this item has no such order
--
-- The item's end_version counts its ended orders. The ledger counts those that it took units back of, for itself: so a Postgres that was
-- restored from before an end has the lower count, however many orders ended since.
-- The item's row is locked first, as in persist_orders(): so whoever pays, ends or persists an order of the item comes before or after.
-- `expired` needs a due order by this database's clock: no process' clock takes an order from its buyer.
CREATE OR REPLACE FUNCTION end_orders(
    p_item INTEGER, p_status order_status, p_from order_status[], p_ids UUID[], p_count_max INTEGER, p_sell_again BOOLEAN, p_detail JSONB
) RETURNS TABLE (asked_id UUID, outcome TEXT) LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
DECLARE
    ended_now TIMESTAMPTZ;
BEGIN
    PERFORM FROM sale_items WHERE id = p_item FOR NO KEY UPDATE;
    ended_now := clock_timestamp();

    RETURN QUERY
    WITH asked AS MATERIALIZED (
        SELECT DISTINCT given.id FROM unnest(p_ids) AS given(id)
        UNION ALL
        (SELECT due.id FROM orders due
         WHERE p_ids IS NULL AND due.item_id = p_item AND due.status = 'confirmed' AND due.due_at <= ended_now
         ORDER BY due.due_at LIMIT p_count_max)
    ), ended AS (
        UPDATE orders o
        SET status = p_status, ended_at = ended_now
        FROM asked
        -- `+ 0`: the orders are found by their ids, and not among all those of the item, whatever the statistics of the table say.
        WHERE o.id = asked.id
          AND o.item_id + 0 = p_item -- guard: an order of another item
          AND o.status = ANY (p_from) -- guard: another status
          AND (p_status <> 'expired' OR o.due_at <= ended_now) -- guard: not due
        RETURNING o.id, o.buyer, o.quantity
    ), counted AS (
        UPDATE sale_items
        SET persisted = persisted - units.ended,
            returning_units = returning_units + CASE WHEN p_sell_again THEN units.ended ELSE 0 END,
            end_version = end_version + units.order_count,
            total = total - CASE WHEN p_sell_again THEN 0 ELSE units.ended END
        FROM (SELECT sum(quantity) AS ended, count(*) AS order_count FROM ended) units
        WHERE sale_items.id = p_item
          AND units.ended IS NOT NULL -- guard: nothing ended
    ), quota AS (
        UPDATE buyer_quota q SET units = q.units - held.units
        FROM (SELECT buyer, sum(quantity) AS units FROM ended GROUP BY buyer) held
        WHERE q.item_id = p_item AND q.buyer = held.buyer
    ), on_their_way AS (
        INSERT INTO returning_orders (order_id, item_id, quantity, is_withdrawn, ended_at)
        SELECT id, p_item, quantity, NOT p_sell_again, ended_now FROM ended
    ), told AS (
        INSERT INTO order_events (order_id, item_id, status, at, detail)
        SELECT id, p_item, p_status, ended_now, p_detail FROM ended
    )
    SELECT id, 'ended' FROM ended
    UNION ALL
    -- NOT IN, which Postgres looks up in a hash: a join with so few rows as it expects of "ended" would compare each with each.
    SELECT given.id, coalesce(known.status::TEXT, 'absent')
    FROM (SELECT DISTINCT id FROM unnest(p_ids) AS ids(id) WHERE id NOT IN (SELECT ended.id FROM ended)) given
    LEFT JOIN orders known ON known.id = given.id AND known.item_id + 0 = p_item;
END $$;
