-- +goose Up
-- The items of an activity are its agenda: each has an id and a version of its own, and doc holds what only the agenda shows.
ALTER TABLE activity_item ADD COLUMN id TEXT NOT NULL DEFAULT '';
ALTER TABLE activity_item ADD COLUMN doc TEXT NOT NULL DEFAULT '{}';
ALTER TABLE activity_item ADD COLUMN version BIGINT NOT NULL DEFAULT 1;

CREATE TABLE agenda (
  activity_id TEXT PRIMARY KEY REFERENCES activity (id),
  doc         TEXT NOT NULL,
  drafting    BOOLEAN NOT NULL,
  version     BIGINT NOT NULL,
  changes     BIGINT NOT NULL
);

-- What the public saw from a moment on, whole; never changed but by an erasure.
CREATE TABLE agenda_release (
  activity_id TEXT NOT NULL REFERENCES activity (id),
  number      BIGINT NOT NULL,
  at          TIMESTAMP NOT NULL,
  by_id       TEXT NOT NULL,
  doc         TEXT NOT NULL,
  PRIMARY KEY (activity_id, number)
);

-- Sessions that a person put into an agenda of their own.
CREATE TABLE agenda_choice (
  activity_id TEXT NOT NULL REFERENCES activity (id),
  item        TEXT NOT NULL,
  person      TEXT NOT NULL,
  at          TIMESTAMP NOT NULL,
  PRIMARY KEY (activity_id, item, person)
);
CREATE INDEX agenda_choice_person ON agenda_choice (person);

-- What calendars were told, so that a change raises the sequence and what goes is cancelled.
CREATE TABLE calendar_entry (
  uid         TEXT PRIMARY KEY,
  activity_id TEXT NOT NULL,
  item        TEXT NOT NULL,
  sequence    BIGINT NOT NULL,
  cancelled   BOOLEAN NOT NULL,
  doc         TEXT NOT NULL,
  created_at  TIMESTAMP NOT NULL,
  changed_at  TIMESTAMP NOT NULL
);
CREATE INDEX calendar_entry_activity ON calendar_entry (activity_id);

CREATE TABLE calendar_link (
  person     TEXT PRIMARY KEY,
  hash       TEXT NOT NULL UNIQUE,
  created_at TIMESTAMP NOT NULL
);

-- +goose Down
DROP TABLE calendar_link;
DROP TABLE calendar_entry;
DROP TABLE agenda_choice;
DROP TABLE agenda_release;
DROP TABLE agenda;
ALTER TABLE activity_item DROP COLUMN version;
ALTER TABLE activity_item DROP COLUMN doc;
ALTER TABLE activity_item DROP COLUMN id;
