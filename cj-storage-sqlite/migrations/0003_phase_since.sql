-- Since when a batch has been in its phase. Of older batches it is not known: they were in it when something happened last.
-- (A column that is added must have a default; every row gets its own value at once, and every insert brings one.)
ALTER TABLE cj_batches ADD COLUMN phase_since TEXT NOT NULL DEFAULT '1970-01-01T00:00:00.000000Z';
UPDATE cj_batches SET phase_since = coalesce(completed_at, last_activity_at);
