-- Begins the payment of an order, or finds the one that is open. Beginning one moves the order's due_at once, from pay_by to pay_by and the
-- grace, so that money that is on its way finds the order.
--
-- p_buyer     who asks: an order of somebody else is 'absent'
-- p_payment   the id of a new payment
-- p_grace_seconds, p_check_seconds
--             the grace; and after how long the worker asks the provider what became of the payment
--
-- Returns in `outcome`:
--   'open'          the payment `payment_id`, new or begun before; one that has no page after 4 minutes has failed, and a new one begins
--   'absent'        Postgres has no such order of this buyer
--   'free'          the order's sale asks for no payment
--   'due'           the time to pay is over, and the order is about to expire
--   any other status of an order
--                   it cannot be paid any more
--
-- The item's row is locked first, so that no order expires while its payment begins.
CREATE OR REPLACE FUNCTION begin_payment(
    p_order UUID, p_buyer TEXT, p_payment UUID, p_provider TEXT, p_grace_seconds INTEGER, p_check_seconds INTEGER,
    OUT outcome TEXT, OUT payment_id UUID, OUT url TEXT, OUT amount BIGINT, OUT currency TEXT, OUT pay_by TIMESTAMPTZ,
    OUT created_at TIMESTAMPTZ
) LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
DECLARE
    v_item sale_items%ROWTYPE;
    v_order orders%ROWTYPE;
    v_payment payments%ROWTYPE;
    v_currency TEXT;
BEGIN
    SELECT * INTO v_order FROM orders WHERE id = p_order;
    SELECT * INTO v_item FROM sale_items WHERE id = v_order.item_id FOR NO KEY UPDATE; -- guard: the lock of the item
    SELECT * INTO v_order FROM orders WHERE id = p_order;
    outcome := CASE
        WHEN v_order.id IS NULL THEN 'absent'
        WHEN v_order.buyer <> p_buyer THEN 'absent' -- guard: an order of another buyer
        WHEN v_order.status <> 'confirmed' THEN v_order.status::TEXT -- guard: an order that ended
        WHEN v_order.due_at IS NULL THEN 'free' -- guard: an order that asks for no payment
        WHEN v_order.due_at <= clock_timestamp() THEN 'due' -- guard: the time to pay is over
        ELSE 'open' END;
    IF outcome <> 'open' THEN RETURN; END IF;

    -- The provider may have refused to open it for what it asked for at that time (stripe-provider.ts), and nobody has its page.
    UPDATE payments p SET state = 'failed', check_at = NULL
    WHERE p.order_id = p_order AND p.provider = p_provider AND p.state = 'open'
        AND p.url IS NULL -- guard: a payment with a page
        AND p.created_at < clock_timestamp() - interval '4 minutes' -- guard: a payment that is being opened
    ;
    SELECT * INTO v_payment FROM payments p WHERE p.order_id = p_order AND p.provider = p_provider AND p.state = 'open';
    IF v_payment.id IS NULL THEN
        SELECT s.currency INTO STRICT v_currency FROM sales s WHERE s.id = v_item.sale_id;
        INSERT INTO payments AS p (id, order_id, item_id, buyer, quantity, provider, amount, currency, check_at)
        VALUES (p_payment, p_order, v_item.id, p_buyer, v_order.quantity, p_provider,
                v_item.price_cents::BIGINT * v_order.quantity, v_currency,
                clock_timestamp() + make_interval(secs => p_check_seconds))
        RETURNING p.* INTO v_payment;
        UPDATE orders SET due_at = orders.pay_by + make_interval(secs => p_grace_seconds)
        WHERE id = p_order
            AND due_at = orders.pay_by -- guard: the grace is given once
        ;
    END IF;
    payment_id := v_payment.id;
    url := v_payment.url;
    amount := v_payment.amount;
    currency := v_payment.currency;
    created_at := v_payment.created_at;
    pay_by := v_order.pay_by;
END $$;
