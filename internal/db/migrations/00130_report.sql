-- +goose Up
-- Until when feedback on an activity is taken, on the wall of its zone, how many have given it, and of how many of these it is
-- told: answers are let out in groups, so that nobody who watches sees what one person added.
CREATE TABLE feedback_round (
  activity_id TEXT PRIMARY KEY REFERENCES activity (id),
  form        TEXT NOT NULL,
  until       TEXT NOT NULL,
  asked       BIGINT NOT NULL,
  answered    BIGINT NOT NULL,
  told        BIGINT NOT NULL,
  version     BIGINT NOT NULL
);

-- Links to give feedback, by hash, each good for once. Nothing leads from a link to what was answered with it.
CREATE TABLE feedback_key (
  hash        TEXT PRIMARY KEY,
  activity_id TEXT NOT NULL REFERENCES activity (id),
  used        BOOLEAN NOT NULL
);
CREATE INDEX feedback_key_activity ON feedback_key (activity_id);

-- What was answered, value by value: no row leads to another of the same person, none has a time, and the random key, in whose
-- order the rows lie, keeps no order either.
CREATE TABLE feedback_answer (
  id          INTEGER PRIMARY KEY,
  activity_id TEXT NOT NULL REFERENCES activity (id),
  form        TEXT NOT NULL,
  edition     BIGINT NOT NULL,
  question    TEXT NOT NULL,
  value       TEXT NOT NULL,
  leads       BOOLEAN NOT NULL,
  told        BOOLEAN NOT NULL
);
CREATE INDEX feedback_answer_activity ON feedback_answer (activity_id, question, value);

-- Figures as they were counted at a time, with their definitions and queries.
CREATE TABLE figure (
  id          TEXT PRIMARY KEY,
  activity_id TEXT NOT NULL REFERENCES activity (id),
  at          TIMESTAMP NOT NULL,
  why         TEXT NOT NULL CHECK (why IN ('draft','freeze','kept')),
  doc         TEXT NOT NULL
);
CREATE INDEX figure_activity ON figure (activity_id, at);

CREATE TABLE photo (
  id          TEXT PRIMARY KEY,
  activity_id TEXT NOT NULL REFERENCES activity (id),
  position    BIGINT NOT NULL,
  sha256      TEXT NOT NULL,
  width       BIGINT NOT NULL,
  height      BIGINT NOT NULL,
  size        BIGINT NOT NULL,
  captions    TEXT NOT NULL,
  credit      TEXT NOT NULL,
  consent     BOOLEAN NOT NULL,
  consent_by  TEXT NOT NULL,
  uploaded_at TIMESTAMP NOT NULL,
  withdrawn   BOOLEAN NOT NULL,
  version     BIGINT NOT NULL
);
CREATE INDEX photo_activity ON photo (activity_id);

-- Reports: sections as officers write them, and with the freeze what the record held then.
CREATE TABLE report (
  id           TEXT PRIMARY KEY,
  activity_id  TEXT NOT NULL REFERENCES activity (id),
  number       BIGINT NOT NULL,
  state        TEXT NOT NULL CHECK (state IN ('draft','frozen','published','withdrawn')),
  sections     TEXT NOT NULL,
  content      TEXT NOT NULL,
  created_at   TIMESTAMP NOT NULL,
  frozen_at    TIMESTAMP,
  published_at TIMESTAMP,
  document     TEXT NOT NULL,
  version      BIGINT NOT NULL,
  UNIQUE (activity_id, number)
);

-- What a focal point of a city left open, and to whom it went.
CREATE TABLE handover (
  id          TEXT PRIMARY KEY,
  place       TEXT NOT NULL,
  from_person TEXT NOT NULL,
  to_person   TEXT NOT NULL,
  at          TIMESTAMP NOT NULL,
  by_id       TEXT NOT NULL,
  items       TEXT NOT NULL
);
CREATE INDEX handover_place ON handover (place, at);

-- +goose Down
DROP TABLE handover;
DROP TABLE report;
DROP TABLE photo;
DROP TABLE figure;
DROP TABLE feedback_answer;
DROP TABLE feedback_key;
DROP TABLE feedback_round;
