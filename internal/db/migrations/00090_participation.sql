-- +goose Up
-- How one gets into an activity. Times on the wall are those of the activity's zone, "2027-04-30T18:00".
CREATE TABLE registration (
  activity_id TEXT PRIMARY KEY REFERENCES activity (id),
  open        BOOLEAN NOT NULL,
  opens       TEXT NOT NULL,
  closes      TEXT NOT NULL,
  approve     BOOLEAN NOT NULL,
  waiting     BOOLEAN NOT NULL,
  offer_hours BIGINT NOT NULL,
  delegation  BIGINT NOT NULL,
  form        TEXT NOT NULL,
  followup    TEXT NOT NULL,
  followup_by TEXT NOT NULL,
  note        TEXT NOT NULL,
  version     BIGINT NOT NULL
);

CREATE TABLE quota (
  id          TEXT PRIMARY KEY,
  activity_id TEXT NOT NULL REFERENCES activity (id),
  position    BIGINT NOT NULL,
  names       TEXT NOT NULL,
  seats       BIGINT NOT NULL CHECK (seats >= 0),
  role        TEXT NOT NULL,
  country     TEXT NOT NULL,
  place       TEXT NOT NULL,
  mode        TEXT NOT NULL,
  funded      TEXT NOT NULL CHECK (funded IN ('','yes','no')),
  each_place  BOOLEAN NOT NULL
);
CREATE INDEX quota_activity ON quota (activity_id);

CREATE TABLE participation (
  id           TEXT PRIMARY KEY,
  activity_id  TEXT NOT NULL REFERENCES activity (id),
  person_id    TEXT NOT NULL,
  place        TEXT NOT NULL,
  country      TEXT NOT NULL,
  organisation TEXT NOT NULL,
  role         TEXT NOT NULL,
  mode         TEXT NOT NULL CHECK (mode IN ('onsite','online')),
  funded       BOOLEAN NOT NULL,
  delegation   TEXT NOT NULL,
  state        TEXT NOT NULL CHECK (state IN ('named','invited','applied','waiting','offered','confirmed','present','absent',
                 'declined','rejected','expired','withdrawn','replaced')),
  since        TIMESTAMP NOT NULL,
  queued_at    TIMESTAMP,
  offer_until  TIMESTAMP,
  reason       TEXT NOT NULL,
  source       TEXT NOT NULL,
  visibility   TEXT NOT NULL CHECK (visibility IN ('','nobody','delegation','participants','everybody')),
  lang         TEXT NOT NULL,
  created_at   TIMESTAMP NOT NULL,
  version      BIGINT NOT NULL
);
CREATE INDEX participation_activity ON participation (activity_id, state);
CREATE INDEX participation_line ON participation (activity_id, queued_at);
CREATE INDEX participation_person ON participation (person_id);
CREATE INDEX participation_place ON participation (place);
-- A person takes part in an activity once, whatever happened on the way.
CREATE UNIQUE INDEX participation_once ON participation (activity_id, person_id) WHERE person_id <> '';

-- Every step of a participation. Who took it is in the journal.
CREATE TABLE participation_step (
  participation_id TEXT NOT NULL REFERENCES participation (id),
  step             BIGINT NOT NULL,
  state            TEXT NOT NULL,
  at               TIMESTAMP NOT NULL,
  reason           TEXT NOT NULL,
  PRIMARY KEY (participation_id, step)
);

-- Links to one's own participation, by hash.
CREATE TABLE participation_key (
  hash             TEXT PRIMARY KEY,
  participation_id TEXT NOT NULL REFERENCES participation (id),
  created_at       TIMESTAMP NOT NULL
);
CREATE INDEX participation_key_of ON participation_key (participation_id);

-- A form or a call that came twice is answered as the first time.
CREATE TABLE participation_request (
  request          TEXT PRIMARY KEY,
  content          TEXT NOT NULL,
  participation_id TEXT NOT NULL,
  owner            BOOLEAN NOT NULL,
  at               TIMESTAMP NOT NULL
);

-- A registration that is being written, page by page, by the hash of the link to it.
CREATE TABLE participation_draft (
  hash        TEXT PRIMARY KEY,
  activity_id TEXT NOT NULL REFERENCES activity (id),
  content     TEXT NOT NULL,
  sent        TEXT NOT NULL,
  created_at  TIMESTAMP NOT NULL,
  at          TIMESTAMP NOT NULL
);
CREATE INDEX participation_draft_activity ON participation_draft (activity_id);

-- Somebody registered again with the address of one who is registered: perhaps another person. An officer looks at it.
CREATE TABLE participation_echo (
  id               TEXT PRIMARY KEY,
  participation_id TEXT NOT NULL REFERENCES participation (id),
  content          TEXT NOT NULL,
  settled          TEXT NOT NULL,
  at               TIMESTAMP NOT NULL
);
CREATE INDEX participation_echo_of ON participation_echo (participation_id);

-- Filters of lists of people that officers keep under a name, for one activity or for all.
CREATE TABLE participation_filter (
  id          TEXT PRIMARY KEY,
  activity_id TEXT NOT NULL,
  name        TEXT NOT NULL,
  query       TEXT NOT NULL,
  by_id       TEXT NOT NULL,
  version     BIGINT NOT NULL
);

-- What was done to several people at once, as they were before, so that it can be undone.
CREATE TABLE participation_batch (
  id          TEXT PRIMARY KEY,
  activity_id TEXT NOT NULL REFERENCES activity (id),
  to_state    TEXT NOT NULL,
  content     TEXT NOT NULL,
  by_name     TEXT NOT NULL,
  at          TIMESTAMP NOT NULL,
  undone      BOOLEAN NOT NULL
);
CREATE INDEX participation_batch_activity ON participation_batch (activity_id);

-- Lists of people that are being taken in from files.
CREATE TABLE participation_import (
  id          TEXT PRIMARY KEY,
  activity_id TEXT NOT NULL REFERENCES activity (id),
  name        TEXT NOT NULL,
  content     TEXT NOT NULL,
  state       TEXT NOT NULL CHECK (state IN ('open','done')),
  by_id       TEXT NOT NULL,
  at          TIMESTAMP NOT NULL,
  version     BIGINT NOT NULL
);

-- Who came, to the activity (item empty) or to a session of it. A mark is never changed; a later one undoes it.
CREATE TABLE presence (
  nonce            TEXT PRIMARY KEY,
  activity_id      TEXT NOT NULL REFERENCES activity (id),
  item             TEXT NOT NULL,
  participation_id TEXT NOT NULL REFERENCES participation (id),
  present          BOOLEAN NOT NULL,
  at               TIMESTAMP NOT NULL,
  received_at      TIMESTAMP NOT NULL,
  by_id            TEXT NOT NULL,
  device           TEXT NOT NULL
);
CREATE INDEX presence_activity ON presence (activity_id, item);

-- +goose Down
DROP TABLE presence;
DROP TABLE participation_import;
DROP TABLE participation_batch;
DROP TABLE participation_filter;
DROP TABLE participation_echo;
DROP TABLE participation_draft;
DROP TABLE participation_request;
DROP TABLE participation_key;
DROP TABLE participation_step;
DROP TABLE participation;
DROP TABLE quota;
DROP TABLE registration;
