-- Since when a batch has been in its phase. Of older batches it is not known: they were in it when something happened last.
ALTER TABLE cj_batches ADD COLUMN phase_since timestamptz;
UPDATE cj_batches SET phase_since = coalesce(completed_at, last_activity_at);
ALTER TABLE cj_batches ALTER COLUMN phase_since SET NOT NULL;
