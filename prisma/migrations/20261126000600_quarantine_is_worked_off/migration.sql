-- The table quarantine also holds outbox entries that are none of ours, under their stream id as order_id; and says what became of
-- a row that an operator worked off.
ALTER TABLE quarantine
    ADD COLUMN kind TEXT NOT NULL DEFAULT 'order',
    ADD COLUMN resolution TEXT,
    ADD COLUMN resolved_at TIMESTAMPTZ(3),
    ADD CONSTRAINT quarantine_kind CHECK (kind IN ('order', 'entry')),
    ADD CONSTRAINT quarantine_resolution CHECK (resolution IN ('replayed', 'discarded')),
    ADD CONSTRAINT quarantine_resolved CHECK ((resolution IS NULL) = (resolved_at IS NULL));

-- What is still to be worked off, newest first.
CREATE INDEX quarantine_resolution_id_idx ON quarantine (resolution, id);
