-- What is done with is found by its age, and what was put aside by itself.
CREATE INDEX ix_event_outbox_sent ON event_outbox_sent (published_at);
CREATE INDEX ix_event_outbox_parked ON event_outbox_waiting (kind, parked_at, id) WHERE parked_at IS NOT NULL;
CREATE INDEX ix_event_inbox_received_at ON event_inbox (received_at);
CREATE INDEX ix_cj_dead_letters_event_id ON cj_dead_letters (event_id);
