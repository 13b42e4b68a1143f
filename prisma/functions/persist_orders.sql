-- Persists a batch of accepted orders of one item: one call, one commit. The order path's last step (ARCHITECTURE.md: I1, I4, I5).
--
-- p_epoch     a worker's claim: the making of the ledger that accepted these orders; ignored when p_fence is given
-- p_fence     an exclusive holder's claim instead (a rebuild offering all that Redis knew), else NULL
-- p_ids, p_buyers, p_quantities, p_accepted_ms
--             the orders as columns, in the order of acceptance
-- p_refused   NULL, or for each order the refusal that the ledger already decided (an adopted order), NULL for the rest
-- p_birth     the item that accepted these orders, and the version of its total at that time; NULL for what the version before accepted
-- p_total_version
-- p_end_version
--             how many orders of the item had ended, as the ledger knew after it accepted these; NULL: not known
-- p_doubts    TRUE: no order is turned down here. Postgres may have been restored from before an end that made room for it, which only a
--             holder can find out
--
-- Returns an outcome for each order, in the same order:
--   a value of order_status   the status of its row, new or known
--   'rejected:' and a reason  judged just now, here: the ledger that accepted it is wrong
--   'doubtful'                with p_doubts: new, and some order of the batch does not fit; none of the new ones was written
--   'conflict'                the id is known with another payload; the row stands
--   'stale'                   the claim is not the current one; nothing was written
--   'foreign'                 all of them: this number is another item's here; nothing was written
--   'forgotten'               all of them: Postgres was restored from before the epoch or the total at which they were accepted, or
--                             from before an end that made room for them; nothing was written
--
-- The item's row is locked first and everything else is read after it. In one plain statement the snapshot would be older
-- than the lock, and two workers could both find the same unit free; VOLATILE PL/pgSQL takes a fresh snapshot a statement.
CREATE OR REPLACE FUNCTION persist_orders(
    p_item INTEGER, p_epoch INTEGER, p_fence BIGINT,
    p_ids UUID[], p_buyers TEXT[], p_quantities INTEGER[], p_accepted_ms DOUBLE PRECISION[], p_refused TEXT[],
    p_birth BIGINT DEFAULT NULL, p_total_version INTEGER DEFAULT NULL, p_end_version INTEGER DEFAULT NULL,
    p_doubts BOOLEAN DEFAULT FALSE
) RETURNS TEXT[] LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
DECLARE
    item sale_items%ROWTYPE;
    admitted BOOLEAN;
    outcomes TEXT[];
    -- NULL if the sale asks for no payment.
    pay_by TIMESTAMPTZ;
BEGIN
    SELECT * INTO STRICT item FROM sale_items WHERE id = p_item FOR NO KEY UPDATE; -- guard: the lock of the item
    IF FALSE
        OR item.birth <> p_birth -- guard: another birth
    THEN RETURN array_fill('foreign'::TEXT, ARRAY[cardinality(p_ids)]);
    END IF;
    IF FALSE
        OR p_birth IS NOT NULL AND item.epoch < p_epoch -- guard: a forgotten epoch
        OR item.total_version < p_total_version -- guard: a forgotten total
        OR item.end_version < p_end_version -- guard: a forgotten end
    THEN RETURN array_fill('forgotten'::TEXT, ARRAY[cardinality(p_ids)]);
    END IF;
    pay_by := clock_timestamp() + item.pay_within_seconds * interval '1 second';
    admitted := CASE
        WHEN p_fence IS NULL THEN TRUE
            AND item.epoch = p_epoch -- guard: another epoch
        ELSE TRUE
            AND item.fence = p_fence -- guard: a former holder
        END;

    -- The common case: all of them are new, and fit. Nothing is looked up; a known id or a CHECK that trips undoes this block
    -- and sends the whole batch through the judging path below.
    IF TRUE
        AND admitted -- guard: the claim of the common case
        AND p_refused IS NULL -- guard: refused orders are judged
    THEN
        BEGIN
            INSERT INTO orders (id, item_id, buyer, quantity, status, accepted_at, confirmed_at, pay_by, due_at)
            SELECT id, p_item, buyer, quantity, 'confirmed', to_timestamp(accepted_ms / 1000), clock_timestamp(), pay_by, pay_by
            FROM unnest(p_ids, p_buyers, p_quantities, p_accepted_ms) AS b(id, buyer, quantity, accepted_ms);

            INSERT INTO buyer_quota AS q (item_id, buyer, units, purchase_limit)
            SELECT p_item, buyer, sum(quantity), item.purchase_limit
            FROM unnest(p_buyers, p_quantities) AS b(buyer, quantity) GROUP BY buyer
            ON CONFLICT (item_id, buyer) DO UPDATE
                SET units = q.units + EXCLUDED.units, purchase_limit = EXCLUDED.purchase_limit;

            UPDATE sale_items
            SET persisted = persisted + (SELECT sum(quantity) FROM unnest(p_quantities) AS b(quantity))
            WHERE id = p_item;

            RETURN array_fill('confirmed'::TEXT, ARRAY[cardinality(p_ids)]);
        EXCEPTION
            WHEN unique_violation THEN NULL; -- guard: a known order in the common case
            WHEN check_violation THEN NULL; -- guard: too much in the common case
        END;
    END IF;

    WITH batch AS MATERIALIZED (
        SELECT b.*, o.status::TEXT AS known, coalesce(q.units, 0) AS held,
               (o.item_id, o.buyer, o.quantity) = (p_item, b.buyer, b.quantity) AS same,
               row_number() OVER (PARTITION BY b.id ORDER BY b.ord) AS occurrence
        FROM unnest(p_ids, p_buyers, p_quantities, p_accepted_ms,
                    coalesce(p_refused, array_fill(NULL::TEXT, ARRAY[cardinality(p_ids)])))
             WITH ORDINALITY AS b(id, buyer, quantity, accepted_ms, refused, ord)
        LEFT JOIN orders o ON o.id = b.id
        LEFT JOIN buyer_quota q ON q.item_id = p_item AND q.buyer = b.buyer
    ), limited AS (
        SELECT *, refused IS NULL AND held + sum(quantity) FILTER (WHERE refused IS NULL)
                  OVER (PARTITION BY buyer ORDER BY ord) <= item.purchase_limit AS in_limit
        FROM batch
        -- A refused order takes nothing, so it is written whatever the claim: offered again it might be accepted after all.
        WHERE TRUE
          AND (admitted OR refused IS NOT NULL) -- guard: the claim of the judging path
          AND known IS NULL -- guard: a known order
          AND occurrence = 1 -- guard: twice in one batch
    ), judged AS (
        SELECT *, CASE WHEN refused IS NOT NULL THEN refused
                       WHEN NOT in_limit THEN 'LIMIT_REACHED' -- guard: purchase limit
                       WHEN item.persisted + sum(quantity) FILTER (WHERE in_limit) OVER (ORDER BY ord) > item.total -- guard: total
                           THEN 'SOLD_OUT' END AS verdict
        FROM limited
    ), doubt AS (
        SELECT p_doubts AND coalesce(bool_or(verdict IS DISTINCT FROM refused), FALSE) AS stands FROM judged
    ), inserted AS (
        INSERT INTO orders (id, item_id, buyer, quantity, status, reason, accepted_at, confirmed_at, pay_by, due_at)
        SELECT id, p_item, buyer, quantity,
               CASE WHEN verdict IS NULL THEN 'confirmed' ELSE 'rejected' END::order_status, verdict,
               to_timestamp(accepted_ms / 1000), CASE WHEN verdict IS NULL THEN clock_timestamp() END,
               CASE WHEN verdict IS NULL THEN pay_by END, CASE WHEN verdict IS NULL THEN pay_by END
        FROM judged
        WHERE TRUE
          AND NOT (SELECT stands FROM doubt) -- guard: a doubtful rejection
        ORDER BY ord
        -- An id may come into being under another item only by a forged entry: then its row stands and nothing is counted.
        ON CONFLICT (id) DO NOTHING -- guard: an order of another item
        RETURNING id, buyer, quantity, status::TEXT, reason
    ), taken AS (
        SELECT * FROM inserted
        WHERE TRUE
          AND status = 'confirmed' -- guard: a rejected order takes nothing
    ), counted AS (
        UPDATE sale_items SET persisted = persisted + (SELECT sum(quantity) FROM taken)
        WHERE id = p_item
          AND EXISTS (SELECT FROM taken) -- guard: nothing was taken
    ), quota AS (
        INSERT INTO buyer_quota AS q (item_id, buyer, units, purchase_limit)
        SELECT p_item, buyer, sum(quantity), item.purchase_limit FROM taken GROUP BY buyer ORDER BY buyer
        ON CONFLICT (item_id, buyer) DO UPDATE
            SET units = q.units + EXCLUDED.units, purchase_limit = EXCLUDED.purchase_limit
    )
    SELECT array_agg(
        CASE
             WHEN NOT b.same THEN 'conflict' -- guard: another payload than the row
             WHEN b.known IS NOT NULL THEN b.known
             WHEN n.id IS NULL AND (SELECT stands FROM doubt) THEN 'doubtful'
             WHEN n.id IS NULL THEN 'stale'
             WHEN (n.buyer, n.quantity) <> (b.buyer, b.quantity) THEN 'conflict' -- guard: two payloads in one batch
             WHEN n.status = 'rejected' AND b.refused IS NULL THEN 'rejected:' || n.reason -- guard: the ledger is wrong
             ELSE n.status END
        ORDER BY b.ord)
    INTO outcomes
    FROM batch b LEFT JOIN inserted n ON n.id = b.id;
    RETURN outcomes;
END $$;
