-- +goose Up
CREATE TABLE programme (
  id       TEXT PRIMARY KEY,
  kind     TEXT NOT NULL CHECK (kind IN ('forum','workshop','training','studytour','project')),
  names    TEXT NOT NULL,
  printed  TEXT NOT NULL,
  summary  TEXT NOT NULL,
  purposes TEXT NOT NULL,
  audience TEXT NOT NULL,
  every    TEXT NOT NULL,
  topics   TEXT NOT NULL,
  roles    TEXT NOT NULL,
  participants TEXT NOT NULL,
  state    TEXT NOT NULL CHECK (state IN ('draft','published','withdrawn')),
  version  BIGINT NOT NULL
);

CREATE TABLE activity (
  id           TEXT PRIMARY KEY,
  programme_id TEXT REFERENCES programme (id),
  parent_id    TEXT REFERENCES activity (id),
  kind         TEXT NOT NULL CHECK (kind IN ('forum','workshop','cohort','visit','project','study')),
  names        TEXT NOT NULL,
  label        TEXT NOT NULL,
  period       TEXT NOT NULL,
  printed      TEXT NOT NULL,
  place_id     TEXT NOT NULL,
  venue        TEXT NOT NULL,
  zone         TEXT NOT NULL,
  mode         TEXT NOT NULL,
  aims         TEXT NOT NULL,
  topics       TEXT NOT NULL,
  notes        TEXT NOT NULL,
  state        TEXT NOT NULL CHECK (state IN ('draft','published','withdrawn')),
  version      BIGINT NOT NULL
);
CREATE INDEX activity_programme ON activity (programme_id);
CREATE INDEX activity_parent ON activity (parent_id);

CREATE TABLE activity_role (
  activity_id  TEXT NOT NULL REFERENCES activity (id),
  position     BIGINT NOT NULL,
  organisation TEXT NOT NULL,
  role         TEXT NOT NULL,
  note         TEXT NOT NULL,
  PRIMARY KEY (activity_id, position)
);
CREATE INDEX activity_role_organisation ON activity_role (organisation);

CREATE TABLE activity_participant (
  activity_id TEXT NOT NULL REFERENCES activity (id),
  position    BIGINT NOT NULL,
  place_id    TEXT NOT NULL,
  part        TEXT NOT NULL,
  unnamed     BIGINT NOT NULL,
  names       TEXT NOT NULL,
  note        TEXT NOT NULL,
  PRIMARY KEY (activity_id, position)
);
CREATE INDEX activity_participant_place ON activity_participant (place_id);

CREATE TABLE activity_item (
  activity_id TEXT NOT NULL REFERENCES activity (id),
  position    BIGINT NOT NULL,
  kind        TEXT NOT NULL,
  names       TEXT NOT NULL,
  starts      TEXT NOT NULL,
  ends        TEXT NOT NULL,
  venue       TEXT NOT NULL,
  text        TEXT NOT NULL,
  PRIMARY KEY (activity_id, position)
);

-- +goose Down
DROP TABLE activity_item;
DROP TABLE activity_participant;
DROP TABLE activity_role;
DROP TABLE activity;
DROP TABLE programme;
