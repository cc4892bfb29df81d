-- +goose Up
-- hash chains each entry to the one before. It covers who, when and what, and salted hashes of the contents, so that
-- contents can be erased, with their salt, and the chain still holds.
CREATE TABLE journal (
  id          BIGINT PRIMARY KEY,
  at          TIMESTAMP NOT NULL,
  by_id       TEXT NOT NULL,
  by_name     TEXT NOT NULL,
  subject     TEXT NOT NULL,
  subject_key TEXT NOT NULL,
  action      TEXT NOT NULL,
  before      TEXT,
  after       TEXT,
  name_salt   TEXT NOT NULL,
  salt        TEXT NOT NULL,
  name_hash   TEXT NOT NULL,
  before_hash TEXT NOT NULL,
  after_hash  TEXT NOT NULL,
  hash        TEXT NOT NULL
);
CREATE INDEX journal_by ON journal (by_id, id);
CREATE INDEX journal_subject ON journal (subject, subject_key, id);

CREATE TABLE job (
  id          TEXT PRIMARY KEY,
  kind        TEXT NOT NULL,
  subject     TEXT NOT NULL,
  arguments   TEXT NOT NULL,
  state       TEXT NOT NULL CHECK (state IN ('waiting','running','done','failed')),
  created_at  TIMESTAMP NOT NULL,
  run_after   TIMESTAMP NOT NULL,
  leased_until TIMESTAMP,
  tries       BIGINT NOT NULL,
  step        TEXT NOT NULL,
  done_units  BIGINT NOT NULL,
  all_units   BIGINT NOT NULL,
  error       TEXT,
  finished_at TIMESTAMP
);
CREATE INDEX job_state ON job (state, run_after);

CREATE TABLE search_entry (
  subject     TEXT NOT NULL,
  subject_key TEXT NOT NULL,
  lang        TEXT NOT NULL,
  title       TEXT NOT NULL,
  body        TEXT NOT NULL,
  path        TEXT NOT NULL,
  PRIMARY KEY (subject, subject_key, lang)
);
CREATE TABLE search_token (
  token       TEXT NOT NULL,
  subject     TEXT NOT NULL,
  subject_key TEXT NOT NULL,
  lang        TEXT NOT NULL,
  weight      BIGINT NOT NULL,
  PRIMARY KEY (token, subject, subject_key, lang)
);
CREATE INDEX search_token_subject ON search_token (subject, subject_key, lang);

-- +goose Down
DROP TABLE search_token;
DROP TABLE search_entry;
DROP TABLE job;
DROP TABLE journal;
