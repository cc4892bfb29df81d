-- +goose Up
CREATE TABLE document (
  id           TEXT PRIMARY KEY,
  kind         TEXT NOT NULL,
  names        TEXT NOT NULL,
  label        TEXT NOT NULL,
  summary      TEXT NOT NULL,
  issued       TEXT NOT NULL,
  printed      TEXT NOT NULL,
  container    TEXT NOT NULL,
  publisher    TEXT NOT NULL,
  contributors TEXT NOT NULL,
  licence      TEXT NOT NULL,
  relation     TEXT NOT NULL,
  subject      TEXT NOT NULL,
  subject_key  TEXT NOT NULL,
  offered      BOOLEAN NOT NULL,
  state        TEXT NOT NULL CHECK (state IN ('draft','published','withdrawn')),
  version      BIGINT NOT NULL
);
CREATE INDEX document_subject ON document (subject, subject_key);

CREATE TABLE document_file (
  id          TEXT PRIMARY KEY,
  document_id TEXT NOT NULL REFERENCES document (id),
  version     BIGINT NOT NULL,
  lang        TEXT NOT NULL,
  name        TEXT NOT NULL,
  media_type  TEXT NOT NULL,
  size        BIGINT NOT NULL,
  sha256      TEXT NOT NULL,
  uploaded_by TEXT NOT NULL,
  uploaded_at TIMESTAMP NOT NULL,
  downloads   BIGINT NOT NULL,
  withdrawn   BOOLEAN NOT NULL,
  UNIQUE (document_id, version, lang)
);
CREATE INDEX document_file_sha256 ON document_file (sha256);

-- +goose Down
DROP TABLE document_file;
DROP TABLE document;
