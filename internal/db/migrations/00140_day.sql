-- +goose Up
-- A mark of presence stands until another names it as undone, in whatever order the two arrive; no clock decides.
ALTER TABLE presence ADD COLUMN undoes TEXT NOT NULL DEFAULT '';
-- Seconds that the clock of the device was ahead of ours when it sent the mark.
ALTER TABLE presence ADD COLUMN ahead BIGINT NOT NULL DEFAULT 0;
CREATE INDEX presence_participation ON presence (participation_id);

-- What the QR code of a badge holds: a random code and nothing of the person.
CREATE TABLE badge (
  participation_id TEXT PRIMARY KEY REFERENCES participation (id),
  code             TEXT NOT NULL UNIQUE,
  made_at          TIMESTAMP NOT NULL
);

-- From which attendance on a certificate is issued: so many days or sessions, or a share of those at which presence was taken.
CREATE TABLE attendance_rule (
  activity_id TEXT PRIMARY KEY REFERENCES activity (id),
  counts      TEXT NOT NULL CHECK (counts IN ('once','days','sessions')),
  least       BIGINT NOT NULL,
  share       BIGINT NOT NULL,
  version     BIGINT NOT NULL
);

-- Groups in which people work.
CREATE TABLE working_group (
  id          TEXT PRIMARY KEY,
  activity_id TEXT NOT NULL REFERENCES activity (id),
  position    BIGINT NOT NULL,
  name        TEXT NOT NULL
);
CREATE INDEX working_group_activity ON working_group (activity_id);
CREATE TABLE working_group_member (
  participation_id TEXT PRIMARY KEY REFERENCES participation (id),
  group_id         TEXT NOT NULL REFERENCES working_group (id)
);

-- +goose Down
DROP TABLE working_group_member;
DROP TABLE working_group;
DROP TABLE attendance_rule;
DROP TABLE badge;
DROP INDEX presence_participation;
ALTER TABLE presence DROP COLUMN ahead;
ALTER TABLE presence DROP COLUMN undoes;
