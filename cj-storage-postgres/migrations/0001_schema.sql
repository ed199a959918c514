-- Codes are text: those of a closed set are checked, those of an open one (reasons, error codes, strategies, topics) are not.
-- Every text is compared byte by byte, as the engine does it, whatever the database's own order is. Documents (settings,
-- scales, headers) are `json`, not `jsonb`: read as a whole, and kept to the last digit as they were written. Counts are as
-- wide as they need be to hold 32 bits without a sign.

-- Rows that are updated often leave room on their page, and no index holds what is updated: then the new row stays on the
-- page and no index has to learn of it.
CREATE TABLE cj_batches (
    id                          uuid NOT NULL PRIMARY KEY,
    event_id                    uuid NOT NULL,
    bos_batch_id                varchar(36) COLLATE "C" NOT NULL,
    correlation_id              uuid NOT NULL,
    settings                    json NOT NULL,
    request                     json NOT NULL,
    -- The 64 bits of an unsigned number, read as a signed one.
    seed                        bigint NOT NULL,
    course_code                 text COLLATE "C" NOT NULL,
    language                    text COLLATE "C" NOT NULL,
    assignment_id               text COLLATE "C",
    user_id                     text COLLATE "C" NOT NULL,
    org_id                      text COLLATE "C",
    created_at                  timestamptz NOT NULL,
    version                     bigint NOT NULL,
    phase                       text COLLATE "C" NOT NULL CHECK (phase IN ('INITIALIZING', 'GENERATING_PAIRS', 'WAITING_CALLBACKS', 'SCORING', 'COMPLETED', 'FAILED', 'CANCELLED')),
    reason                      text COLLATE "C",
    budget                      bigint NOT NULL,
    questions                   bigint NOT NULL,
    planned                     bigint NOT NULL,
    withdrawn                   bigint NOT NULL,
    asked                       bigint NOT NULL,
    questions_asked             bigint NOT NULL,
    decided                     bigint NOT NULL,
    repeats                     bigint NOT NULL,
    failed                      bigint NOT NULL,
    retryable                   bigint NOT NULL,
    retried                     bigint NOT NULL,
    rescued                     bigint NOT NULL,
    wave                        bigint NOT NULL,
    wave_questions              bigint NOT NULL,
    wave_decided                bigint NOT NULL,
    wave_failed                 bigint NOT NULL,
    wave_threshold_reached_at   timestamptz,
    partial_scoring_triggered   boolean NOT NULL,
    reliability_judged_at       bigint NOT NULL,
    lease_owner                 text COLLATE "C",
    lease_until                 timestamptz,
    last_activity_at            timestamptz NOT NULL,
    next_deadline               timestamptz,
    completed_at                timestamptz,
    texts_erased_at             timestamptz,
    scores_erased_at            timestamptz,
    result                      json,
    CHECK ((lease_owner IS NULL) = (lease_until IS NULL))
) WITH (fillfactor = 50);

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
    batch_id                    uuid NOT NULL REFERENCES cj_batches (id) ON DELETE CASCADE,
    essay_id                    varchar(36) COLLATE "C" NOT NULL,
    ordinal                     bigint NOT NULL,
    is_anchor                   boolean NOT NULL,
    anchor_label                text COLLATE "C",
    anchor_grade                text COLLATE "C",
    title                       text COLLATE "C",
    text_storage_id             text COLLATE "C",
    text_sha256                 text COLLATE "C",
    with_judge                  boolean NOT NULL,
    status                      text COLLATE "C" NOT NULL CHECK (status IN ('pending', 'ready', 'missing_text')),
    score                       double precision,
    se                          double precision,
    rank                        bigint,
    comparison_count            bigint NOT NULL,
    -- Last, so that reading a row without its text does not touch the text's pages.
    text                        text COLLATE "C",
    PRIMARY KEY (batch_id, essay_id),
    CHECK ((anchor_label IS NOT NULL) = is_anchor),
    CHECK (anchor_grade IS NULL OR is_anchor)
);

CREATE TABLE cj_waves (
    batch_id                    uuid NOT NULL REFERENCES cj_batches (id) ON DELETE CASCADE,
    wave                        bigint NOT NULL,
    planned_at                  timestamptz NOT NULL,
    strategy                    text COLLATE "C" NOT NULL,
    seed                        bigint NOT NULL,
    pairs_planned               bigint NOT NULL,
    scored_at                   timestamptz,
    sheet                       json,
    -- What people ask about most, computed from the sheet.
    watermark                   bigint GENERATED ALWAYS AS ((sheet ->> 'watermark')::bigint) STORED,
    reliability                 double precision GENERATED ALWAYS AS ((sheet -> 'reliability' ->> 'median')::double precision) STORED,
    reliability_low             double precision GENERATED ALWAYS AS ((sheet -> 'reliability' ->> 'low')::double precision) STORED,
    reliability_high            double precision GENERATED ALWAYS AS ((sheet -> 'reliability' ->> 'high')::double precision) STORED,
    max_change                  double precision GENERATED ALWAYS AS ((sheet ->> 'max_change')::double precision) STORED,
    PRIMARY KEY (batch_id, wave)
);

-- There is no index over open comparisons: it would have to learn of every answer. Those of a batch are found by its id.
-- Rows that were written together are answered together: a page has room for a second version of each, so that no index learns
-- of an answer.
CREATE TABLE cj_comparisons (
    id                          uuid NOT NULL PRIMARY KEY,
    batch_id                    uuid NOT NULL REFERENCES cj_batches (id) ON DELETE CASCADE,
    wave                        bigint NOT NULL,
    ordinal                     bigint NOT NULL,
    attempt                     bigint NOT NULL,
    retry_of                    uuid,
    essay_a                     text COLLATE "C" NOT NULL,
    essay_b                     text COLLATE "C" NOT NULL,
    judge_id                    text COLLATE "C",
    mode                        text COLLATE "C" NOT NULL,
    state                       text COLLATE "C" NOT NULL CHECK (state IN ('planned', 'asked', 'decided', 'failed', 'expired', 'cancelled')),
    verdict                     text COLLATE "C" CHECK (verdict IN ('a', 'b', 'tie')),
    error_code                  varchar(100) COLLATE "C",
    decisions                   bigint NOT NULL,
    planned_at                  timestamptz NOT NULL,
    asked_at                    timestamptz,
    deadline                    timestamptz NOT NULL,
    UNIQUE (batch_id, wave, ordinal, attempt),
    CHECK (essay_a <> essay_b)
) WITH (fillfactor = 45);

CREATE TABLE cj_judge_decisions (
    comparison_id               uuid NOT NULL,
    ordinal                     bigint NOT NULL,
    batch_id                    uuid NOT NULL REFERENCES cj_batches (id) ON DELETE CASCADE,
    role                        text COLLATE "C" NOT NULL CHECK (role IN ('counted', 'late', 'conflict')),
    counted                     bigint,
    verdict                     text COLLATE "C" CHECK (verdict IN ('a', 'b', 'tie')),
    error_code                  varchar(100) COLLATE "C",
    judge_id                    text COLLATE "C",
    confidence                  double precision,
    provider                    text COLLATE "C",
    model                       text COLLATE "C",
    prompt_tokens               bigint,
    completion_tokens           bigint,
    cost                        double precision,
    latency_ms                  bigint,
    received_at                 timestamptz NOT NULL,
    error_message               text COLLATE "C",
    justification               text COLLATE "C",
    -- A comparison is of one batch, so its id alone would do. Behind the batch, the answers of a batch stay together, and
    -- its ids sort as its questions were put out: a slice of answers touches few pages, and no second index is needed.
    PRIMARY KEY (batch_id, comparison_id, ordinal)
);

CREATE TABLE cj_comparison_matrix (
    batch_id                    uuid NOT NULL REFERENCES cj_batches (id) ON DELETE CASCADE,
    essay_a                     text COLLATE "C" NOT NULL,
    essay_b                     text COLLATE "C" NOT NULL,
    wins_a                      bigint NOT NULL,
    wins_b                      bigint NOT NULL,
    ties                        bigint NOT NULL,
    failures                    bigint NOT NULL,
    PRIMARY KEY (batch_id, essay_a, essay_b),
    CHECK (essay_a <> essay_b)
) WITH (fillfactor = 80);

CREATE TABLE cj_assessment_results (
    batch_id                    uuid NOT NULL REFERENCES cj_batches (id) ON DELETE CASCADE,
    essay_id                    text COLLATE "C" NOT NULL,
    is_anchor                   boolean NOT NULL,
    score                       double precision NOT NULL,
    se                          double precision NOT NULL,
    rank                        bigint NOT NULL,
    rank_low                    bigint NOT NULL,
    rank_high                   bigint NOT NULL,
    comparisons                 bigint NOT NULL,
    infit                       double precision,
    outfit                      double precision,
    grade                       text COLLATE "C",
    grade_probabilities         json,
    confidence                  double precision,
    confidence_label            text COLLATE "C",
    PRIMARY KEY (batch_id, essay_id)
);

CREATE TABLE cj_grade_projections (
    batch_id                    uuid NOT NULL REFERENCES cj_batches (id) ON DELETE CASCADE,
    essay_id                    text COLLATE "C" NOT NULL,
    grade_scale                 text COLLATE "C" NOT NULL,
    primary_grade               text COLLATE "C" NOT NULL,
    fine_grade                  text COLLATE "C",
    probabilities               json NOT NULL,
    confidence_score            double precision NOT NULL,
    confidence_label            text COLLATE "C" NOT NULL,
    normalized_score            double precision,
    calibration                 json NOT NULL,
    assessment_method           text COLLATE "C" NOT NULL,
    model_used                  text COLLATE "C",
    model_provider              text COLLATE "C",
    projected_at                timestamptz NOT NULL,
    PRIMARY KEY (batch_id, essay_id)
);

CREATE INDEX ix_cj_grade_projections_grade ON cj_grade_projections (batch_id, primary_grade);

CREATE TABLE cj_content (
    storage_id                  text COLLATE "C" NOT NULL PRIMARY KEY CHECK (length(storage_id) = 32),
    sha256                      text COLLATE "C" NOT NULL CHECK (length(sha256) = 64),
    created_at                  timestamptz NOT NULL,
    text                        text COLLATE "C" NOT NULL
);

CREATE INDEX ix_cj_content_sha256 ON cj_content (sha256);

CREATE TABLE cj_assessment_instructions (
    id                          text COLLATE "C" NOT NULL PRIMARY KEY,
    assignment_id               text COLLATE "C" UNIQUE,
    course_code                 text COLLATE "C" UNIQUE,
    instructions                text COLLATE "C" NOT NULL,
    grade_scale                 text COLLATE "C" NOT NULL,
    context_origin              text COLLATE "C" NOT NULL,
    student_prompt_storage_id   text COLLATE "C",
    judge_rubric_storage_id     text COLLATE "C",
    created_at                  timestamptz NOT NULL,
    CHECK ((assignment_id IS NULL) <> (course_code IS NULL))
);

CREATE FUNCTION cj_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'grade_scale and context_origin of assessment instructions cannot change';
END
$$;

CREATE TRIGGER tr_cj_assessment_instructions_immutable
BEFORE UPDATE OF grade_scale, context_origin ON cj_assessment_instructions FOR EACH ROW
WHEN (OLD.grade_scale IS DISTINCT FROM NEW.grade_scale OR OLD.context_origin IS DISTINCT FROM NEW.context_origin)
EXECUTE FUNCTION cj_refuse_change();

CREATE TABLE cj_anchor_references (
    id                          text COLLATE "C" NOT NULL PRIMARY KEY,
    assignment_id               text COLLATE "C" NOT NULL,
    anchor_label                text COLLATE "C" NOT NULL,
    grade_scale                 text COLLATE "C" NOT NULL,
    grade                       text COLLATE "C" NOT NULL,
    text_storage_id             text COLLATE "C" NOT NULL,
    -- Where the anchor has a known place on the scale, in logits.
    score                       double precision,
    se                          double precision,
    created_at                  timestamptz NOT NULL,
    UNIQUE (assignment_id, anchor_label, grade_scale)
);

-- What leaves, as it leaves: written once and never again, for its bytes are most of it. What changes about a message stands
-- in one of the two tables after it, whose rows are short, under the same id.
CREATE TABLE event_outbox_messages (
    id                          uuid NOT NULL PRIMARY KEY,
    kind                        text COLLATE "C" NOT NULL CHECK (kind IN ('event', 'question')),
    batch_id                    uuid NOT NULL,
    version                     bigint NOT NULL,
    ordinal                     bigint NOT NULL,
    aggregate_type              text COLLATE "C" NOT NULL,
    aggregate_id                text COLLATE "C" NOT NULL,
    event_type                  text COLLATE "C" NOT NULL,
    topic                       text COLLATE "C" NOT NULL,
    event_key                   text COLLATE "C" NOT NULL,
    created_at                  timestamptz NOT NULL,
    headers                     json NOT NULL,
    -- The exact bytes, last for the same reason as the text of an essay.
    event_data                  bytea NOT NULL
);

-- Not compressed: most of it is there for minutes.
ALTER TABLE event_outbox_messages ALTER COLUMN event_data SET STORAGE EXTERNAL;

-- What was not sent yet, leased, waiting or parked, with what orders it. A page has room for a second version of its rows, so
-- that no index learns of a claim.
CREATE TABLE event_outbox_waiting (
    id                          uuid NOT NULL PRIMARY KEY,
    kind                        text COLLATE "C" NOT NULL,
    batch_id                    uuid NOT NULL,
    version                     bigint NOT NULL,
    ordinal                     bigint NOT NULL,
    event_key                   text COLLATE "C" NOT NULL,
    created_at                  timestamptz NOT NULL,
    attempts                    bigint NOT NULL,
    next_attempt_at             timestamptz NOT NULL,
    lease_owner                 text COLLATE "C",
    leased_until                timestamptz,
    parked_at                   timestamptz,
    last_error                  text COLLATE "C"
) WITH (fillfactor = 45);

-- Events that were sent; of questions that were, nothing stays.
CREATE TABLE event_outbox_sent (
    id                          uuid NOT NULL PRIMARY KEY,
    attempts                    bigint NOT NULL,
    next_attempt_at             timestamptz NOT NULL,
    published_at                timestamptz NOT NULL
);

-- A message with where it stands, for people and for whoever watches the outbox.
CREATE VIEW event_outbox AS
SELECT message.id, message.kind, message.batch_id, message.version, message.ordinal, message.aggregate_type,
    message.aggregate_id, message.event_type, message.topic, message.event_key, message.created_at,
    coalesce(waiting.attempts, sent.attempts) AS attempts,
    coalesce(waiting.next_attempt_at, sent.next_attempt_at) AS next_attempt_at, waiting.lease_owner, waiting.leased_until,
    sent.published_at, waiting.parked_at, waiting.last_error, message.headers, message.event_data
FROM event_outbox_messages AS message
LEFT JOIN event_outbox_waiting AS waiting ON waiting.id = message.id
LEFT JOIN event_outbox_sent AS sent ON sent.id = message.id;

-- A batch that is deleted takes its messages with it by a statement, not by a foreign key: a refused request is answered
-- by an event of a batch that never was.
CREATE INDEX ix_event_outbox_unpublished ON event_outbox_waiting (kind, event_key, batch_id, version, ordinal, id);
CREATE INDEX ix_event_outbox_pending ON event_outbox_waiting (kind, created_at, batch_id, version, ordinal, id)
    WHERE parked_at IS NULL;
CREATE INDEX ix_event_outbox_batch_id ON event_outbox_messages (batch_id);

CREATE TABLE event_inbox (
    consumer                    text COLLATE "C" NOT NULL,
    event_id                    uuid NOT NULL,
    received_at                 timestamptz NOT NULL,
    PRIMARY KEY (consumer, event_id)
);

CREATE TABLE cj_dead_letters (
    consumer                    text COLLATE "C" NOT NULL,
    event_id                    uuid NOT NULL,
    topic                       text COLLATE "C" NOT NULL,
    reason                      text COLLATE "C" NOT NULL,
    detail                      text COLLATE "C" NOT NULL,
    received_at                 timestamptz NOT NULL,
    -- Whose it is, where that is known: it goes with the texts of its batch.
    batch_id                    uuid,
    payload                     bytea NOT NULL,
    PRIMARY KEY (consumer, event_id)
);

CREATE INDEX ix_cj_dead_letters_received_at ON cj_dead_letters (received_at);
CREATE INDEX ix_cj_dead_letters_batch_id ON cj_dead_letters (batch_id) WHERE batch_id IS NOT NULL;

CREATE TABLE batch_results (
    batch_id                    varchar(255) COLLATE "C" NOT NULL PRIMARY KEY,
    user_id                     text COLLATE "C",
    org_id                      text COLLATE "C",
    assignment_id               varchar(255) COLLATE "C",
    overall_status              text COLLATE "C" NOT NULL,
    essay_count                 bigint NOT NULL,
    completed_essay_count       bigint NOT NULL,
    failed_essay_count          bigint NOT NULL,
    requested_pipeline          text COLLATE "C",
    expected_phases             json NOT NULL,
    phase_outcomes              json NOT NULL,
    student_prompt_ref          json,
    assessment_job_id           text COLLATE "C",
    assessment                  json,
    error_detail                json,
    processing_started_at       timestamptz,
    processing_completed_at     timestamptz,
    ready_published_at          timestamptz,
    created_at                  timestamptz NOT NULL,
    updated_at                  timestamptz NOT NULL
);

CREATE INDEX ix_batch_results_user_id ON batch_results (user_id, created_at);
CREATE INDEX ix_batch_results_assignment_id ON batch_results (assignment_id);
CREATE INDEX ix_batch_results_overall_status ON batch_results (overall_status);

CREATE TABLE essay_results (
    batch_id                    varchar(255) COLLATE "C" NOT NULL REFERENCES batch_results (batch_id) ON DELETE CASCADE,
    essay_id                    varchar(255) COLLATE "C" NOT NULL,
    filename                    text COLLATE "C",
    file_upload_id              text COLLATE "C",
    original_text_storage_id    text COLLATE "C",
    spellcheck_status           text COLLATE "C",
    spellcheck_correction_count bigint,
    spellcheck_corrected_text_storage_id text COLLATE "C",
    spellcheck_metrics          json,
    spellcheck_error_detail     json,
    spellcheck_completed_at     timestamptz,
    cj_assessment_status        text COLLATE "C",
    cj_rank                     bigint,
    cj_score                    double precision,
    cj_se                       double precision,
    cj_grade                    text COLLATE "C",
    cj_grade_scale              text COLLATE "C",
    cj_normalized_score         double precision,
    cj_confidence_score         double precision,
    cj_confidence_label         text COLLATE "C",
    cj_comparison_count         bigint,
    cj_is_anchor                boolean,
    cj_result                   json,
    cj_assessment_method        text COLLATE "C",
    cj_model                    text COLLATE "C",
    cj_provider                 text COLLATE "C",
    cj_assessment_error_detail  json,
    cj_assessment_completed_at  timestamptz,
    created_at                  timestamptz NOT NULL,
    updated_at                  timestamptz NOT NULL,
    PRIMARY KEY (batch_id, essay_id)
);

CREATE INDEX ix_essay_results_essay_id ON essay_results (essay_id);
CREATE INDEX ix_essay_results_file_upload_id ON essay_results (file_upload_id) WHERE file_upload_id IS NOT NULL;
