SET synchronous_commit = off;
SET session_replication_role = replica;
INSERT INTO cj_batches (id, event_id, bos_batch_id, correlation_id, settings, request, seed, course_code, language, user_id,
    created_at, version, phase, budget, questions, planned, withdrawn, asked, questions_asked, decided, repeats, failed,
    retryable, retried, rescued, wave, wave_questions, wave_decided, wave_failed, partial_scoring_triggered,
    reliability_judged_at, last_activity_at, next_deadline, phase_since)
SELECT md5('batch ' || b)::uuid, md5('event ' || b)::uuid, 'bos-' || b, md5('event ' || b)::uuid, '{}', '{}', b, 'ENG5', 'sv', 'user',
    timestamptz '2026-01-01Z' + b * interval '1 minute', 1, 'WAITING_CALLBACKS', 1000, 1000, 1000, 0, 1000, 1000, 0, 0, 0, 0, 0,
    0, 1, 1000, 0, 0, false, 0, timestamptz '2026-01-01Z', timestamptz '2026-02-01Z' + b * interval '1 minute',
    timestamptz '2026-01-01Z'
FROM generate_series(1, 20000) AS b;
INSERT INTO cj_essays (batch_id, essay_id, ordinal, is_anchor, with_judge, status, comparison_count)
SELECT md5('batch ' || b)::uuid, 'essay-' || e, e, false, false, 'ready', 0
FROM generate_series(1, 1000) AS b, generate_series(1, 50) AS e;
INSERT INTO cj_waves (batch_id, wave, planned_at, strategy, seed, pairs_planned)
SELECT md5('batch ' || b)::uuid, 1, timestamptz '2026-01-01Z', 'optimized', b, 1000 FROM generate_series(1, 20000) AS b;
INSERT INTO cj_comparisons (id, batch_id, wave, ordinal, attempt, essay_a, essay_b, mode, state, decisions, planned_at, deadline)
SELECT md5(b || ' ' || c)::uuid, md5('batch ' || b)::uuid, 1, c, 1, 'essay-' || c % 49, 'essay-49', 'optimized',
    CASE c % 10 WHEN 0 THEN 'asked' ELSE 'decided' END, 0, timestamptz '2026-01-01Z', timestamptz '2026-01-01Z'
FROM generate_series(1, 1000) AS b, generate_series(1, 1000) AS c;
INSERT INTO cj_judge_decisions (comparison_id, ordinal, batch_id, role, verdict, received_at)
SELECT id, 0, batch_id, 'counted', 'a', planned_at FROM cj_comparisons WHERE state = 'decided';
INSERT INTO cj_comparison_matrix (batch_id, essay_a, essay_b, wins_a, wins_b, ties, failures)
SELECT DISTINCT batch_id, essay_a, essay_b, 1, 0, 0, 0 FROM cj_comparisons;
INSERT INTO cj_assessment_results (batch_id, essay_id, is_anchor, score, se, rank, rank_low, rank_high, comparisons)
SELECT batch_id, essay_id, false, 0, 1, 1, 1, 1, 20 FROM cj_essays;
INSERT INTO cj_grade_projections (batch_id, essay_id, grade_scale, primary_grade, probabilities, confidence_score,
    confidence_label, calibration, assessment_method, projected_at)
SELECT batch_id, essay_id, 's', 'B', '{}', 0.5, 'MID', '{}', 'cj', now() FROM cj_assessment_results;
INSERT INTO event_outbox_messages (id, kind, batch_id, version, ordinal, aggregate_type, aggregate_id, event_type, topic,
    event_key, created_at, headers, event_data)
SELECT id, CASE wave WHEN 1 THEN 'question' END, batch_id, 2, ordinal, 'comparison', id::text, 'question', 'questions', id::text,
    planned_at, '{}', 'x'
FROM cj_comparisons WHERE ordinal <= 100;
INSERT INTO event_outbox_waiting (id, kind, batch_id, version, ordinal, event_key, created_at, attempts, next_attempt_at)
SELECT id, kind, batch_id, version, ordinal, event_key, created_at, 0, created_at
FROM event_outbox_messages WHERE ordinal % 10 = 0;
INSERT INTO event_outbox_sent (id, attempts, next_attempt_at, published_at)
SELECT id, 1, created_at, created_at + row_number() OVER () * interval '1 ms' FROM event_outbox_messages WHERE ordinal % 10 > 0;
INSERT INTO event_inbox (consumer, event_id, received_at) SELECT 'cj_verdicts', id, planned_at FROM cj_comparisons;
INSERT INTO cj_dead_letters (consumer, event_id, topic, reason, detail, received_at, payload)
SELECT 'cj_verdicts', id, 'topic', 'rejected', '', planned_at + ordinal * interval '1 s', 'x' FROM cj_comparisons WHERE ordinal <= 20;
INSERT INTO cj_content (storage_id, sha256, created_at, text)
SELECT md5(n::text), repeat('0', 64), now(), 'x' FROM generate_series(1, 50000) AS n;
ANALYZE
