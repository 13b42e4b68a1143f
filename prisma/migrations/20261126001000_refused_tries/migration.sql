-- Refusals of the event behind "position" without another failure in between. Only they make an event a dead letter.
ALTER TABLE "webhook_endpoints" ADD COLUMN "refused_count" INTEGER NOT NULL DEFAULT 0;
