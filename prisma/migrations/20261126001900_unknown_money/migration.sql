-- Money that came for no payment of ours is counted while a dashboard is open. There is hardly any among all that came.
CREATE INDEX "payment_events_unknown_idx" ON "payment_events"("received_at") WHERE "outcome" = 'unknown' AND "kind" = 'succeeded';
