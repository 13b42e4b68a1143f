-- Decides what becomes of late money, once: it pays the order that it bought, or goes back (I12). One call, one commit.
--
-- p_new_order  the order that the money buys, which may not be in Postgres yet
-- p_refusal    why the ledger refused that order for good, or NULL
--
-- Returns
--   'paid'       the new order is paid, and names the one that it replaces
--   'refund'     the money goes back
--   'waiting'    the new order is not in Postgres yet: ask again
--   'known'      this was decided before
CREATE OR REPLACE FUNCTION settle_late_payment(p_payment UUID, p_new_order UUID, p_refusal TEXT)
RETURNS TEXT LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
DECLARE
    pay payments%ROWTYPE;
    bought orders%ROWTYPE;
    verdict TEXT;
BEGIN
    SELECT * INTO STRICT pay FROM payments WHERE id = p_payment;
    PERFORM FROM sale_items WHERE id = pay.item_id FOR NO KEY UPDATE; -- guard: the lock of the item
    SELECT * INTO pay FROM payments WHERE id = p_payment;
    SELECT * INTO bought FROM orders WHERE id = p_new_order;
    verdict := CASE
        WHEN pay.state <> 'late' THEN 'known' -- guard: decided before
        WHEN bought.status = 'confirmed' THEN 'paid'
        WHEN bought.status = 'paid' THEN 'PAID_BEFORE' -- guard: another payment paid the new order
        WHEN bought.status = 'rejected' THEN coalesce(bought.reason, 'REJECTED')
        WHEN bought.id IS NOT NULL THEN 'ENDED_AGAIN' -- guard: the new order has ended
        WHEN p_refusal IS NOT NULL THEN p_refusal
        ELSE 'waiting' END;
    IF verdict IN ('known', 'waiting') THEN RETURN verdict; END IF;

    IF verdict = 'paid' THEN
        UPDATE orders SET status = 'paid', paid_at = clock_timestamp(), replaces = pay.order_id WHERE id = p_new_order;
        INSERT INTO order_events (order_id, item_id, status, detail)
        VALUES (p_new_order, pay.item_id, 'paid', jsonb_build_object('paymentId', pay.id, 'replaces', pay.order_id));
        UPDATE payments SET state = 'paid', paid_order_id = p_new_order, check_at = NULL WHERE id = p_payment;
        RETURN verdict;
    END IF;
    UPDATE payments SET state = 'refund', fault = verdict, check_at = NULL WHERE id = p_payment;
    INSERT INTO refunds (payment_id, amount, currency, reason) VALUES (pay.id, pay.amount, pay.currency, verdict);
    RETURN 'refund';
END $$;
