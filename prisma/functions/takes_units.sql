-- Whether orders of this status hold units of their item. packages/contract/src/order-statuses.ts says the same of every status; a test
-- compares the two. Postgres binds the body when the function is made, so no search_path can change its meaning, and puts the body
-- into each statement that calls it, so a call costs nothing.
CREATE OR REPLACE FUNCTION takes_units(status order_status) RETURNS BOOLEAN LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN status IN ('confirmed', 'paid');
