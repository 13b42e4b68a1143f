-- persist_orders() means the tables of the schema that it was made in, whatever the search_path of its caller is.
-- `migrate` sets search_path to the schema of DATABASE_URL; a function made later says SET search_path FROM CURRENT by itself.
ALTER FUNCTION persist_orders(INTEGER, INTEGER, BIGINT, UUID[], TEXT[], INTEGER[], DOUBLE PRECISION[], TEXT[])
    SET search_path FROM CURRENT;
