-- +goose Up
CREATE TABLE call (
  id          TEXT PRIMARY KEY,
  kind        TEXT NOT NULL CHECK (kind IN ('contribution','support','nomination')),
  subject     TEXT NOT NULL CHECK (subject IN ('activity','programme')),
  subject_key TEXT NOT NULL,
  names       TEXT NOT NULL,
  text        TEXT NOT NULL,
  form        TEXT NOT NULL,
  title       TEXT NOT NULL,
  opens       TEXT NOT NULL,
  closes      TEXT NOT NULL,
  zone        TEXT NOT NULL,
  blind       BOOLEAN NOT NULL,
  criteria    TEXT NOT NULL,
  per_review  BIGINT NOT NULL,
  review_by   TEXT NOT NULL,
  seats       BIGINT NOT NULL,
  per_place   BIGINT NOT NULL,
  review      TEXT NOT NULL CHECK (review IN ('','open','closed')),
  state       TEXT NOT NULL CHECK (state IN ('draft','published','withdrawn')),
  version     BIGINT NOT NULL
);
CREATE INDEX call_subject ON call (subject, subject_key);

CREATE TABLE submission (
  id           TEXT PRIMARY KEY,
  call         TEXT NOT NULL REFERENCES call (id),
  person       TEXT NOT NULL,
  nominee      TEXT NOT NULL,
  place        TEXT NOT NULL,
  organisation TEXT NOT NULL,
  title        TEXT NOT NULL,
  lang         TEXT NOT NULL,
  state        TEXT NOT NULL CHECK (state IN ('draft','sent','withdrawn','accepted','rejected','waiting')),
  reason       TEXT NOT NULL,
  once         TEXT NOT NULL UNIQUE,
  letter       TEXT NOT NULL,
  created_at   TIMESTAMP NOT NULL,
  changed_at   TIMESTAMP NOT NULL,
  sent_at      TIMESTAMP,
  decided_at   TIMESTAMP,
  version      BIGINT NOT NULL
);
CREATE INDEX submission_call ON submission (call);
CREATE INDEX submission_person ON submission (person);

-- Links that lead back to a submission. Only hashes are kept.
CREATE TABLE submission_key (
  hash       TEXT PRIMARY KEY,
  submission TEXT NOT NULL REFERENCES submission (id),
  created_at TIMESTAMP NOT NULL
);
CREATE INDEX submission_key_submission ON submission_key (submission);

CREATE TABLE review (
  submission TEXT NOT NULL REFERENCES submission (id),
  reviewer   TEXT NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('assigned','done','conflict')),
  marks      TEXT NOT NULL,
  comment    TEXT NOT NULL,
  conflict   TEXT NOT NULL,
  at         TIMESTAMP NOT NULL,
  version    BIGINT NOT NULL,
  PRIMARY KEY (submission, reviewer)
);
CREATE INDEX review_reviewer ON review (reviewer);

-- +goose Down
DROP TABLE review;
DROP TABLE submission_key;
DROP TABLE submission;
DROP TABLE call;
