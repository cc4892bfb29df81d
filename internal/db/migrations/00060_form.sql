-- +goose Up
CREATE TABLE form (
  id          TEXT PRIMARY KEY,
  subject     TEXT NOT NULL,
  subject_key TEXT NOT NULL,
  purpose     TEXT NOT NULL,
  names       TEXT NOT NULL,
  pages       TEXT NOT NULL,
  state       TEXT NOT NULL CHECK (state IN ('draft','published','withdrawn')),
  edition     BIGINT NOT NULL,
  version     BIGINT NOT NULL
);
CREATE INDEX form_subject ON form (subject, subject_key);

-- What people were asked, whole; never changed.
CREATE TABLE form_edition (
  form         TEXT NOT NULL REFERENCES form (id),
  edition      BIGINT NOT NULL,
  doc          TEXT NOT NULL,
  published_at TIMESTAMP NOT NULL,
  PRIMARY KEY (form, edition)
);

CREATE TABLE answer (
  id          TEXT PRIMARY KEY,
  form        TEXT NOT NULL REFERENCES form (id),
  edition     BIGINT NOT NULL,
  subject     TEXT NOT NULL,
  subject_key TEXT NOT NULL,
  person      TEXT NOT NULL,
  lang        TEXT NOT NULL,
  answers     TEXT NOT NULL,
  sent        BOOLEAN NOT NULL,
  at          TIMESTAMP NOT NULL
);
CREATE INDEX answer_subject ON answer (subject, subject_key);
CREATE INDEX answer_form ON answer (form);
CREATE INDEX answer_person ON answer (person);

CREATE TABLE answer_file (
  answer   TEXT NOT NULL REFERENCES answer (id),
  question TEXT NOT NULL,
  sha256   TEXT NOT NULL,
  name     TEXT NOT NULL,
  PRIMARY KEY (answer, question, sha256)
);
CREATE INDEX answer_file_sha256 ON answer_file (sha256);

-- Of which source each translation was made: the hash of the source's text at that time.
CREATE TABLE translated (
  subject     TEXT NOT NULL,
  subject_key TEXT NOT NULL,
  field       TEXT NOT NULL,
  lang        TEXT NOT NULL,
  source_lang TEXT NOT NULL,
  source_hash TEXT NOT NULL,
  text_hash   TEXT NOT NULL,
  at          TIMESTAMP NOT NULL,
  by_id       TEXT NOT NULL,
  PRIMARY KEY (subject, subject_key, field, lang)
);

-- +goose Down
DROP TABLE translated;
DROP TABLE answer_file;
DROP TABLE answer;
DROP TABLE form_edition;
DROP TABLE form;
