-- Applies what a provider tells of a payment: once for each event, and its money once (I12). One call, one commit.
--
-- p_event     the provider's name of the event; the same again changes nothing
-- p_kind      'succeeded' or 'failed'
-- p_payment   the payment, as the provider tells it
-- p_provider_ref, p_capture_ref
--             the provider's names of the payment and of the money, or NULL
-- p_amount, p_currency
--             what came, in the smallest unit
--
-- Returns
--   'paid'          its order was confirmed, and is paid now
--   'late'          its order has ended: the money buys another one (settle_late_payment), or goes back
--   'refund'        the money goes back: another payment paid the order or is late for it, or the amount or currency is another
--   'failed'        no money came; it may come yet
--   'known'         what became of the payment's money was decided before
--   'repeated'      the event came before
--   'unknown'       there is no such payment; the same event again is unknown again, until an operator dealt with it
--
-- The item's row is locked first and everything else is read after it, as in persist_orders(): an expiry at the same instant comes before
-- or after all of this.
CREATE OR REPLACE FUNCTION apply_payment(
    p_provider TEXT, p_event TEXT, p_kind TEXT, p_payment UUID, p_provider_ref TEXT, p_capture_ref TEXT,
    p_amount BIGINT, p_currency TEXT
) RETURNS TEXT LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
DECLARE
    pay payments%ROWTYPE;
    ordered orders%ROWTYPE;
    has_bought BOOLEAN;
    verdict TEXT;
    applied TEXT;
BEGIN
    SELECT * INTO pay FROM payments WHERE id = p_payment AND provider = p_provider;
    PERFORM FROM sale_items WHERE id = pay.item_id FOR NO KEY UPDATE; -- guard: the lock of the item
    INSERT INTO payment_events (provider, event_id, payment_id, kind, amount, currency)
    VALUES (p_provider, p_event, p_payment, p_kind, p_amount, p_currency)
    ON CONFLICT (provider, event_id) DO NOTHING -- guard: an event that came before
    ;
    IF NOT FOUND THEN
        SELECT outcome INTO verdict FROM payment_events
        WHERE provider = p_provider AND event_id = p_event
            AND resolved_at IS NULL -- guard: unknown money that was dealt with
        ;
        -- A payment that was looked at again after a restore, and has come to nothing as before.
        UPDATE payments SET check_at = NULL WHERE id = pay.id AND state = 'failed' AND p_kind = 'failed';
        RETURN CASE
            -- Whoever took it first may have stopped before the alarm.
            WHEN verdict = 'unknown' THEN 'unknown' -- guard: the alarm of unknown money
            ELSE 'repeated' END;
    END IF;
    SELECT * INTO pay FROM payments WHERE id = pay.id;
    SELECT * INTO ordered FROM orders WHERE id = pay.order_id;

    -- Of an order that ended: other money paid it before its end, or is late and buys another one.
    has_bought := ordered.status NOT IN ('confirmed', 'paid') AND EXISTS (
        SELECT FROM payments other
        WHERE other.id <> pay.id AND (other.paid_order_id = pay.order_id
            OR other.order_id = pay.order_id AND (other.state = 'late' OR other.paid_order_id IS NOT NULL)));

    verdict := CASE
        WHEN pay.id IS NULL THEN 'unknown'
        WHEN pay.state NOT IN ('open', 'failed') THEN 'known' -- guard: money that came before
        WHEN p_kind <> 'succeeded' THEN 'failed' -- guard: no money came
        WHEN p_amount <> pay.amount THEN 'WRONG_AMOUNT' -- guard: another amount
        WHEN p_currency <> pay.currency THEN 'WRONG_CURRENCY' -- guard: another currency
        WHEN ordered.status = 'paid' THEN 'PAID_BEFORE' -- guard: another payment paid the order
        WHEN has_bought THEN 'PAID_BEFORE' -- guard: other money bought for the order
        WHEN ordered.status <> 'confirmed' THEN 'late' -- guard: pay without compare
        ELSE 'paid' END;
    applied := CASE WHEN verdict = upper(verdict) THEN 'refund' ELSE verdict END;
    UPDATE payment_events SET outcome = verdict WHERE provider = p_provider AND event_id = p_event;
    IF applied IN ('unknown', 'known') THEN RETURN applied; END IF;

    UPDATE payments SET state = applied::payment_state, fault = CASE WHEN applied = 'refund' THEN verdict END,
        paid_order_id = CASE WHEN applied = 'paid' THEN order_id END,
        check_at = CASE WHEN applied = 'late' THEN clock_timestamp() END,
        provider_ref = coalesce(p_provider_ref, provider_ref), capture_ref = coalesce(p_capture_ref, capture_ref)
    WHERE id = pay.id;
    IF applied = 'paid' THEN
        UPDATE orders SET status = 'paid', paid_at = clock_timestamp() WHERE id = pay.order_id;
        INSERT INTO order_events (order_id, item_id, status, detail)
        VALUES (pay.order_id, pay.item_id, 'paid', jsonb_build_object('paymentId', pay.id));
    ELSIF applied = 'refund' THEN
        INSERT INTO refunds (payment_id, amount, currency, reason) VALUES (pay.id, p_amount, p_currency, verdict);
    END IF;
    RETURN applied;
END $$;
