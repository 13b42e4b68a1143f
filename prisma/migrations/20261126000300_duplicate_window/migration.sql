-- For how long a second order without a key, of the same buyer, item and quantity, is the first one sent again. 0: never.
ALTER TABLE "sales" ADD COLUMN "duplicate_window_ms" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "sales" ADD CONSTRAINT "sales_duplicate_window" CHECK ("duplicate_window_ms" BETWEEN 0 AND 60000);
