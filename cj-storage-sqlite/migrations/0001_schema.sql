-- Codes and states are text without an enumeration, so that a new one needs no migration.
-- Ids are text (UUIDs in lower case with hyphens). Times are text, UTC, of constant width: 2026-01-31T09:05:00.000000Z,
-- so that their order is the order of the text. Documents (settings, scales, headers) are JSON.

CREATE TABLE cj_batches (
    id                         TEXT    NOT NULL PRIMARY KEY,
    event_id                   TEXT    NOT NULL,
    bos_batch_id               TEXT    NOT NULL CHECK (length(bos_batch_id) <= 36),
    correlation_id             TEXT    NOT NULL,
    settings                   TEXT    NOT NULL CHECK (json_valid(settings)),
    request                    TEXT    NOT NULL CHECK (json_valid(request)),
    -- The 64 bits of an unsigned number, read as a signed one.
    seed                       INTEGER NOT NULL,
    course_code                TEXT    NOT NULL,
    language                   TEXT    NOT NULL,
    assignment_id              TEXT,
    user_id                    TEXT    NOT NULL,
    org_id                     TEXT,
    created_at                 TEXT    NOT NULL,
    version                    INTEGER NOT NULL,
    phase                      TEXT    NOT NULL,
    reason                     TEXT,
    budget                     INTEGER NOT NULL,
    questions                  INTEGER NOT NULL,
    planned                    INTEGER NOT NULL,
    withdrawn                  INTEGER NOT NULL,
    asked                      INTEGER NOT NULL,
    questions_asked            INTEGER NOT NULL,
    decided                    INTEGER NOT NULL,
    repeats                    INTEGER NOT NULL,
    failed                     INTEGER NOT NULL,
    retryable                  INTEGER NOT NULL,
    retried                    INTEGER NOT NULL,
    rescued                    INTEGER NOT NULL,
    wave                       INTEGER NOT NULL,
    wave_questions             INTEGER NOT NULL,
    wave_decided               INTEGER NOT NULL,
    wave_failed                INTEGER NOT NULL,
    wave_threshold_reached_at  TEXT,
    partial_scoring_triggered  INTEGER NOT NULL CHECK (partial_scoring_triggered IN (0, 1)),
    reliability_judged_at      INTEGER NOT NULL,
    lease_owner                TEXT,
    lease_until                TEXT,
    last_activity_at           TEXT    NOT NULL,
    next_deadline              TEXT,
    completed_at               TEXT,
    texts_erased_at            TEXT,
    scores_erased_at           TEXT,
    result                     TEXT    CHECK (json_valid(result)),
    CHECK ((lease_owner IS NULL) = (lease_until IS NULL))
) STRICT;

CREATE INDEX ix_cj_batches_next_deadline ON cj_batches (next_deadline, id) WHERE next_deadline IS NOT NULL;
CREATE INDEX ix_cj_batches_bos_batch_id ON cj_batches (bos_batch_id, created_at);
CREATE INDEX ix_cj_batches_created_at ON cj_batches (created_at);
CREATE INDEX ix_cj_batches_assignment_id ON cj_batches (assignment_id) WHERE assignment_id IS NOT NULL;
CREATE INDEX ix_cj_batches_user_id ON cj_batches (user_id);
-- What may be erased once it was kept for long enough.
CREATE INDEX ix_cj_batches_holding_texts ON cj_batches (completed_at, id)
    WHERE completed_at IS NOT NULL AND texts_erased_at IS NULL;
CREATE INDEX ix_cj_batches_holding_scores ON cj_batches (completed_at, id)
    WHERE completed_at IS NOT NULL AND scores_erased_at IS NULL;

CREATE TABLE cj_essays (
    batch_id          TEXT    NOT NULL REFERENCES cj_batches (id) ON DELETE CASCADE,
    essay_id          TEXT    NOT NULL CHECK (length(essay_id) <= 36),
    ordinal           INTEGER NOT NULL,
    is_anchor         INTEGER NOT NULL CHECK (is_anchor IN (0, 1)),
    anchor_label      TEXT,
    anchor_grade      TEXT,
    title             TEXT,
    text_storage_id   TEXT,
    text_sha256       TEXT,
    with_judge        INTEGER NOT NULL CHECK (with_judge IN (0, 1)),
    status            TEXT    NOT NULL,
    score             REAL,
    se                REAL,
    rank              INTEGER,
    comparison_count  INTEGER NOT NULL,
    -- Last, so that reading a row without its text does not touch the text's pages.
    text              TEXT,
    PRIMARY KEY (batch_id, essay_id),
    CHECK ((anchor_label IS NOT NULL) = is_anchor),
    CHECK (anchor_grade IS NULL OR is_anchor)
) STRICT;

CREATE TABLE cj_waves (
    batch_id       TEXT    NOT NULL REFERENCES cj_batches (id) ON DELETE CASCADE,
    wave           INTEGER NOT NULL,
    planned_at     TEXT    NOT NULL,
    strategy       TEXT    NOT NULL,
    seed           INTEGER NOT NULL,
    pairs_planned  INTEGER NOT NULL,
    scored_at      TEXT,
    sheet          TEXT    CHECK (json_valid(sheet)),
    -- What people ask about most, computed from the sheet.
    watermark         INTEGER GENERATED ALWAYS AS (sheet ->> '$.watermark') VIRTUAL,
    reliability       REAL    GENERATED ALWAYS AS (sheet ->> '$.reliability.median') VIRTUAL,
    reliability_low   REAL    GENERATED ALWAYS AS (sheet ->> '$.reliability.low') VIRTUAL,
    reliability_high  REAL    GENERATED ALWAYS AS (sheet ->> '$.reliability.high') VIRTUAL,
    max_change        REAL    GENERATED ALWAYS AS (sheet ->> '$.max_change') VIRTUAL,
    PRIMARY KEY (batch_id, wave)
) STRICT;

CREATE TABLE cj_comparisons (
    id          TEXT    NOT NULL PRIMARY KEY,
    batch_id    TEXT    NOT NULL REFERENCES cj_batches (id) ON DELETE CASCADE,
    wave        INTEGER NOT NULL,
    ordinal     INTEGER NOT NULL,
    attempt     INTEGER NOT NULL,
    retry_of    TEXT,
    essay_a     TEXT    NOT NULL,
    essay_b     TEXT    NOT NULL,
    judge_id    TEXT,
    mode        TEXT    NOT NULL,
    state       TEXT    NOT NULL,
    verdict     TEXT,
    error_code  TEXT    CHECK (length(error_code) <= 100),
    decisions   INTEGER NOT NULL,
    planned_at  TEXT    NOT NULL,
    asked_at    TEXT,
    deadline    TEXT    NOT NULL,
    UNIQUE (batch_id, wave, ordinal, attempt),
    CHECK (essay_a <> essay_b)
) STRICT;

CREATE INDEX ix_cj_comparisons_open ON cj_comparisons (batch_id, wave, ordinal) WHERE state IN ('planned', 'asked');

CREATE TABLE cj_judge_decisions (
    comparison_id      TEXT    NOT NULL,
    ordinal            INTEGER NOT NULL,
    batch_id           TEXT    NOT NULL REFERENCES cj_batches (id) ON DELETE CASCADE,
    role               TEXT    NOT NULL,
    counted            INTEGER,
    verdict            TEXT,
    error_code         TEXT    CHECK (length(error_code) <= 100),
    judge_id           TEXT,
    confidence         REAL,
    provider           TEXT,
    model              TEXT,
    prompt_tokens      INTEGER,
    completion_tokens  INTEGER,
    cost               REAL,
    latency_ms         INTEGER,
    received_at        TEXT    NOT NULL,
    -- Last, so that reading a row without what people and providers wrote does not touch the pages of long ones.
    error_message      TEXT,
    justification      TEXT,
    -- A comparison is of one batch, so its id alone would do. Behind the batch, the answers of a batch stay together, and
    -- its ids sort as its questions were put out: a slice of answers touches few pages, and no second index is needed.
    PRIMARY KEY (batch_id, comparison_id, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE cj_comparison_matrix (
    batch_id  TEXT    NOT NULL REFERENCES cj_batches (id) ON DELETE CASCADE,
    essay_a   TEXT    NOT NULL,
    essay_b   TEXT    NOT NULL,
    wins_a    INTEGER NOT NULL,
    wins_b    INTEGER NOT NULL,
    ties      INTEGER NOT NULL,
    failures  INTEGER NOT NULL,
    PRIMARY KEY (batch_id, essay_a, essay_b),
    CHECK (essay_a <> essay_b)
) STRICT, WITHOUT ROWID;

CREATE TABLE cj_assessment_results (
    batch_id             TEXT    NOT NULL REFERENCES cj_batches (id) ON DELETE CASCADE,
    essay_id             TEXT    NOT NULL,
    is_anchor            INTEGER NOT NULL CHECK (is_anchor IN (0, 1)),
    score                REAL    NOT NULL,
    se                   REAL    NOT NULL,
    rank                 INTEGER NOT NULL,
    rank_low             INTEGER NOT NULL,
    rank_high            INTEGER NOT NULL,
    comparisons          INTEGER NOT NULL,
    infit                REAL,
    outfit               REAL,
    grade                TEXT,
    grade_probabilities  TEXT    CHECK (json_valid(grade_probabilities)),
    confidence           REAL,
    confidence_label     TEXT,
    PRIMARY KEY (batch_id, essay_id)
) STRICT;

CREATE TABLE cj_grade_projections (
    batch_id            TEXT NOT NULL REFERENCES cj_batches (id) ON DELETE CASCADE,
    essay_id            TEXT NOT NULL,
    grade_scale         TEXT NOT NULL,
    primary_grade       TEXT NOT NULL,
    fine_grade          TEXT,
    probabilities       TEXT NOT NULL CHECK (json_valid(probabilities)),
    confidence_score    REAL NOT NULL,
    confidence_label    TEXT NOT NULL,
    normalized_score    REAL,
    calibration         TEXT NOT NULL CHECK (json_valid(calibration)),
    assessment_method   TEXT NOT NULL,
    model_used          TEXT,
    model_provider      TEXT,
    projected_at        TEXT NOT NULL,
    PRIMARY KEY (batch_id, essay_id)
) STRICT;

CREATE INDEX ix_cj_grade_projections_grade ON cj_grade_projections (batch_id, primary_grade);

CREATE TABLE cj_content (
    storage_id  TEXT NOT NULL PRIMARY KEY CHECK (length(storage_id) = 32),
    sha256      TEXT NOT NULL CHECK (length(sha256) = 64),
    created_at  TEXT NOT NULL,
    text        TEXT NOT NULL
) STRICT;

CREATE INDEX ix_cj_content_sha256 ON cj_content (sha256);

CREATE TABLE cj_assessment_instructions (
    id                         TEXT NOT NULL PRIMARY KEY,
    assignment_id              TEXT UNIQUE,
    course_code                TEXT UNIQUE,
    instructions               TEXT NOT NULL,
    grade_scale                TEXT NOT NULL,
    context_origin             TEXT NOT NULL,
    student_prompt_storage_id  TEXT,
    judge_rubric_storage_id    TEXT,
    created_at                 TEXT NOT NULL,
    CHECK ((assignment_id IS NULL) <> (course_code IS NULL))
) STRICT;

CREATE TRIGGER tr_cj_assessment_instructions_immutable
BEFORE UPDATE OF grade_scale, context_origin ON cj_assessment_instructions
WHEN OLD.grade_scale <> NEW.grade_scale OR OLD.context_origin <> NEW.context_origin
BEGIN
    SELECT RAISE(ABORT, 'grade_scale and context_origin of assessment instructions cannot change');
END;

CREATE TABLE cj_anchor_references (
    id               TEXT NOT NULL PRIMARY KEY,
    assignment_id    TEXT NOT NULL,
    anchor_label     TEXT NOT NULL,
    grade_scale      TEXT NOT NULL,
    grade            TEXT NOT NULL,
    text_storage_id  TEXT NOT NULL,
    -- Where the anchor has a known place on the scale, in logits.
    score            REAL,
    se               REAL,
    created_at       TEXT NOT NULL,
    UNIQUE (assignment_id, anchor_label, grade_scale)
) STRICT;

-- What leaves, as it leaves: written once and never again, for its bytes are most of it. What changes about a message stands
-- in one of the two tables after it, whose rows are short, under the same place: the order in which messages were put out.
CREATE TABLE event_outbox_messages (
    place            INTEGER NOT NULL PRIMARY KEY,
    id               TEXT    NOT NULL UNIQUE,
    kind             TEXT    NOT NULL,
    batch_id         TEXT    NOT NULL,
    version          INTEGER NOT NULL,
    ordinal          INTEGER NOT NULL,
    aggregate_type   TEXT    NOT NULL,
    aggregate_id     TEXT    NOT NULL,
    event_type       TEXT    NOT NULL,
    topic            TEXT    NOT NULL,
    event_key        TEXT    NOT NULL,
    created_at       TEXT    NOT NULL,
    headers          TEXT    NOT NULL CHECK (json_valid(headers)),
    -- The exact bytes, last for the same reason as the text of an essay.
    event_data       BLOB    NOT NULL
) STRICT;

-- What was not sent yet, leased, waiting or parked, with what orders it.
CREATE TABLE event_outbox_waiting (
    place            INTEGER NOT NULL PRIMARY KEY,
    id               TEXT    NOT NULL,
    kind             TEXT    NOT NULL,
    batch_id         TEXT    NOT NULL,
    version          INTEGER NOT NULL,
    ordinal          INTEGER NOT NULL,
    event_key        TEXT    NOT NULL,
    created_at       TEXT    NOT NULL,
    attempts         INTEGER NOT NULL,
    next_attempt_at  TEXT    NOT NULL,
    lease_owner      TEXT,
    leased_until     TEXT,
    parked_at        TEXT,
    last_error       TEXT
) STRICT;

-- Events that were sent; of questions that were, nothing stays.
CREATE TABLE event_outbox_sent (
    place            INTEGER NOT NULL PRIMARY KEY,
    attempts         INTEGER NOT NULL,
    next_attempt_at  TEXT    NOT NULL,
    published_at     TEXT    NOT NULL
) STRICT;

-- A message with where it stands, for people and for whoever watches the outbox.
CREATE VIEW event_outbox AS
SELECT message.id, message.kind, message.batch_id, message.version, message.ordinal, message.aggregate_type,
    message.aggregate_id, message.event_type, message.topic, message.event_key, message.created_at,
    ifnull(waiting.attempts, sent.attempts) AS attempts,
    ifnull(waiting.next_attempt_at, sent.next_attempt_at) AS next_attempt_at, waiting.lease_owner, waiting.leased_until,
    sent.published_at, waiting.parked_at, waiting.last_error, message.headers, message.event_data
FROM event_outbox_messages AS message
LEFT JOIN event_outbox_waiting AS waiting ON waiting.place = message.place
LEFT JOIN event_outbox_sent AS sent ON sent.place = message.place;

-- A batch that is deleted takes its messages with it by a statement, not by a foreign key: a refused request is answered
-- by an event of a batch that never was.
CREATE INDEX ix_event_outbox_unpublished ON event_outbox_waiting (kind, event_key, batch_id, version, ordinal, id);
CREATE INDEX ix_event_outbox_pending ON event_outbox_waiting (kind, created_at, batch_id, version, ordinal, id)
    WHERE parked_at IS NULL;
CREATE INDEX ix_event_outbox_batch_id ON event_outbox_messages (batch_id);

CREATE TABLE event_inbox (
    consumer     TEXT NOT NULL,
    event_id     TEXT NOT NULL,
    received_at  TEXT NOT NULL,
    PRIMARY KEY (consumer, event_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE cj_dead_letters (
    consumer     TEXT NOT NULL,
    event_id     TEXT NOT NULL,
    topic        TEXT NOT NULL,
    reason       TEXT NOT NULL,
    detail       TEXT NOT NULL,
    received_at  TEXT NOT NULL,
    -- Whose it is, where that is known: it goes with the texts of its batch.
    batch_id     TEXT,
    payload      BLOB NOT NULL,
    PRIMARY KEY (consumer, event_id)
) STRICT;

CREATE INDEX ix_cj_dead_letters_received_at ON cj_dead_letters (received_at);
CREATE INDEX ix_cj_dead_letters_batch_id ON cj_dead_letters (batch_id) WHERE batch_id IS NOT NULL;

CREATE TABLE batch_results (
    batch_id                 TEXT    NOT NULL PRIMARY KEY CHECK (length(batch_id) <= 255),
    user_id                  TEXT,
    org_id                   TEXT,
    assignment_id            TEXT    CHECK (length(assignment_id) <= 255),
    overall_status           TEXT    NOT NULL,
    essay_count              INTEGER NOT NULL,
    completed_essay_count    INTEGER NOT NULL,
    failed_essay_count       INTEGER NOT NULL,
    requested_pipeline       TEXT,
    expected_phases          TEXT    NOT NULL CHECK (json_valid(expected_phases)),
    phase_outcomes           TEXT    NOT NULL CHECK (json_valid(phase_outcomes)),
    student_prompt_ref       TEXT    CHECK (json_valid(student_prompt_ref)),
    assessment_job_id        TEXT,
    assessment               TEXT    CHECK (json_valid(assessment)),
    error_detail             TEXT    CHECK (json_valid(error_detail)),
    processing_started_at    TEXT,
    processing_completed_at  TEXT,
    ready_published_at       TEXT,
    created_at               TEXT    NOT NULL,
    updated_at               TEXT    NOT NULL
) STRICT;

CREATE INDEX ix_batch_results_user_id ON batch_results (user_id, created_at);
CREATE INDEX ix_batch_results_assignment_id ON batch_results (assignment_id);
CREATE INDEX ix_batch_results_overall_status ON batch_results (overall_status);

CREATE TABLE essay_results (
    batch_id                             TEXT    NOT NULL REFERENCES batch_results (batch_id) ON DELETE CASCADE,
    essay_id                             TEXT    NOT NULL CHECK (length(essay_id) <= 255),
    filename                             TEXT,
    file_upload_id                       TEXT,
    original_text_storage_id             TEXT,
    spellcheck_status                    TEXT,
    spellcheck_correction_count          INTEGER,
    spellcheck_corrected_text_storage_id TEXT,
    spellcheck_metrics                   TEXT    CHECK (json_valid(spellcheck_metrics)),
    spellcheck_error_detail              TEXT    CHECK (json_valid(spellcheck_error_detail)),
    spellcheck_completed_at              TEXT,
    cj_assessment_status                 TEXT,
    cj_rank                              INTEGER,
    cj_score                             REAL,
    cj_se                                REAL,
    cj_grade                             TEXT,
    cj_grade_scale                       TEXT,
    cj_normalized_score                  REAL,
    cj_confidence_score                  REAL,
    cj_confidence_label                  TEXT,
    cj_comparison_count                  INTEGER,
    cj_is_anchor                         INTEGER CHECK (cj_is_anchor IN (0, 1)),
    cj_result                            TEXT    CHECK (json_valid(cj_result)),
    cj_assessment_method                 TEXT,
    cj_model                             TEXT,
    cj_provider                          TEXT,
    cj_assessment_error_detail           TEXT    CHECK (json_valid(cj_assessment_error_detail)),
    cj_assessment_completed_at           TEXT,
    created_at                           TEXT    NOT NULL,
    updated_at                           TEXT    NOT NULL,
    PRIMARY KEY (batch_id, essay_id)
) STRICT;

CREATE INDEX ix_essay_results_essay_id ON essay_results (essay_id);
CREATE INDEX ix_essay_results_file_upload_id ON essay_results (file_upload_id) WHERE file_upload_id IS NOT NULL;
