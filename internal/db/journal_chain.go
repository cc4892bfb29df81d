package db

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"aircommons/internal/fault"
)

// link is what the chain of the journal covers of an entry.
type link struct {
	ID                              int64
	At                              time.Time
	ByID, Subject, Key, Action      string
	NameHash, BeforeHash, AfterHash string
	Hash                            string
}

// after is the hash of the entry when it follows one with the hash before: SHA-256 of a JSON list.
func (l link) after(before string) string {
	b, err := json.Marshal([]any{before, l.ID, l.At.UTC().Truncate(time.Microsecond).Format("2006-01-02T15:04:05.000000Z"), l.ByID, l.Subject, l.Key, l.Action,
		l.NameHash, l.BeforeHash, l.AfterHash})
	if err != nil {
		panic(err) // texts and a number
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// contentHash is the salted hash of a content, "" for none.
func contentHash(salt string, content *string) string {
	if content == nil {
		return ""
	}
	sum := sha256.Sum256([]byte(salt + "\x00" + *content))
	return hex.EncodeToString(sum[:])
}

// head is the last entry of the journal.
func (tx *Tx) head(ctx context.Context) (*link, error) {
	var l link
	err := tx.One(ctx, `SELECT id, hash FROM journal ORDER BY id DESC LIMIT 1`, nil, &l.ID, &l.Hash)
	if fault.CodeOf(err) == fault.NotFound {
		return &l, nil
	}
	return &l, err
}

// JournalHead is the number and hash of the last entry. Whoever keeps them elsewhere can tell later that nothing was cut off.
func (tx *Tx) JournalHead(ctx context.Context) (id int64, hash string, err error) {
	l, err := tx.head(ctx)
	if err != nil {
		return 0, "", err
	}
	return l.ID, l.Hash, nil
}

// CheckJournal follows the chain from the first entry to the last: no entry is missing or was changed, and contents that are
// there are those that were written. It returns the number of entries and of those whose contents were erased.
func (tx *Tx) CheckJournal(ctx context.Context) (entries, erased int64, err error) {
	var before link
	err = tx.Each(ctx, `SELECT id, at, by_id, by_name, subject, subject_key, action, before, after, name_salt, salt, name_hash, before_hash, after_hash, hash FROM journal ORDER BY id`, nil,
		func(scan func(...any) error) error {
			var l link
			var name, nameSalt, salt string
			var b, a *string
			if err := scan(&l.ID, &l.At, &l.ByID, &name, &l.Subject, &l.Key, &l.Action, &b, &a, &nameSalt, &salt, &l.NameHash, &l.BeforeHash, &l.AfterHash, &l.Hash); err != nil {
				return err
			}
			ok := l.ID == before.ID+1 && l.Hash == l.after(before.Hash)
			if nameSalt == "" {
				ok = ok && name == ""
			} else {
				ok = ok && contentHash(nameSalt, &name) == l.NameHash
			}
			if salt == "" {
				ok = ok && b == nil && a == nil
				erased++
			} else {
				ok = ok && contentHash(salt, b) == l.BeforeHash && contentHash(salt, a) == l.AfterHash
			}
			if !ok {
				return fault.New(fault.Invalid, "db.journal.broken", "ID", before.ID+1)
			}
			before = l
			entries++
			return nil
		})
	return entries, erased, err
}

// EraseJournal takes the contents out of the entries of one thing; that there were entries, when and by whom, stays.
func (tx *Tx) EraseJournal(ctx context.Context, subject, key string) error {
	tx.changed = true
	_, err := tx.ExecContext(ctx, `UPDATE journal SET before = NULL, after = NULL, salt = '' WHERE subject = $1 AND subject_key = $2 AND salt <> ''`, subject, key)
	return err
}

// EraseJournalOf takes the name of somebody out of the entries that they made.
func (tx *Tx) EraseJournalOf(ctx context.Context, actorID string) error {
	tx.changed = true
	_, err := tx.ExecContext(ctx, `UPDATE journal SET by_name = '', name_salt = '' WHERE by_id = $1 AND name_salt <> ''`, actorID)
	return err
}

// JSONText is a text as it stands within the quotes of the journal's JSON.
func JSONText(s string) string {
	j, err := json.Marshal(s)
	if err != nil {
		return ""
	}
	return string(j[1 : len(j)-1])
}

// EraseJournalWith takes the contents out of all entries, or those of some subjects, whose JSON holds a piece; see JSONText.
func (tx *Tx) EraseJournalWith(ctx context.Context, part string, subjects ...string) error {
	if part == "" {
		return nil
	}
	// The position is looked for, since a text may hold what means something to LIKE.
	where := `STRPOS(COALESCE(before, '') || COALESCE(after, ''), $1) > 0`
	if tx.db.Engine == SQLite {
		where = `INSTR(COALESCE(before, '') || COALESCE(after, ''), $1) > 0`
	}
	args := []any{part}
	if len(subjects) > 0 {
		where += ` AND subject IN (`
		for i, s := range subjects {
			if i > 0 {
				where += ", "
			}
			where += quote(s)
		}
		where += `)`
	}
	tx.changed = true
	_, err := tx.ExecContext(ctx, `UPDATE journal SET before = NULL, after = NULL, salt = '' WHERE salt <> '' AND `+where, args...)
	return err
}

// EraseJournalWhere takes the contents out of all entries whose JSON, before or after, is found by in.
func (tx *Tx) EraseJournalWhere(ctx context.Context, in func(string) bool) error {
	var ids []int64
	err := tx.Each(ctx, `SELECT id, COALESCE(before, ''), COALESCE(after, '') FROM journal WHERE salt <> ''`, nil, func(scan func(...any) error) error {
		var id int64
		var before, after string
		if err := scan(&id, &before, &after); err != nil {
			return err
		}
		if in(before) || in(after) {
			ids = append(ids, id)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, id := range ids {
		tx.changed = true
		if _, err := tx.ExecContext(ctx, `UPDATE journal SET before = NULL, after = NULL, salt = '' WHERE id = $1`, id); err != nil {
			return err
		}
	}
	return nil
}

// PrivateSubjects are the kinds of things in the journal that people do for themselves; the others are the network's record.
func PrivateSubjects() []string { return sortedKeys(busy) }

// changedEntry is true for an update of the journal that does more than erase.
const changedEntry = `NEW.id <> OLD.id OR NEW.at <> OLD.at OR NEW.by_id <> OLD.by_id OR NEW.subject <> OLD.subject OR NEW.subject_key <> OLD.subject_key OR NEW.action <> OLD.action
	OR NEW.hash <> OLD.hash OR NEW.name_hash <> OLD.name_hash OR NEW.before_hash <> OLD.before_hash OR NEW.after_hash <> OLD.after_hash
	OR (NEW.by_name <> '' AND NEW.by_name <> OLD.by_name) OR (NEW.name_salt <> '' AND NEW.name_salt <> OLD.name_salt) OR (NEW.salt <> '' AND NEW.salt <> OLD.salt)
	OR (NEW.before IS NOT NULL AND NEW.before IS DISTINCT FROM OLD.before) OR (NEW.after IS NOT NULL AND NEW.after IS DISTINCT FROM OLD.after)`

// guards keep entries of the journal from being changed or deleted, whoever asks; both engines say it in their own words.
func (d *DB) guards() []string {
	if d.Engine == SQLite {
		return []string{
			`CREATE TRIGGER IF NOT EXISTS journal_kept BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is never deleted from'); END`,
			`CREATE TRIGGER IF NOT EXISTS journal_same BEFORE UPDATE ON journal WHEN ` + changedEntry + ` BEGIN SELECT RAISE(ABORT, 'the journal is never changed'); END`,
		}
	}
	return []string{
		`CREATE OR REPLACE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the journal is never changed'; END $$`,
		`CREATE OR REPLACE TRIGGER journal_kept BEFORE DELETE ON journal FOR EACH ROW EXECUTE FUNCTION journal_refuse()`,
		`CREATE OR REPLACE TRIGGER journal_whole BEFORE TRUNCATE ON journal FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse()`,
		`CREATE OR REPLACE TRIGGER journal_same BEFORE UPDATE ON journal FOR EACH ROW WHEN (` + changedEntry + `) EXECUTE FUNCTION journal_refuse()`,
	}
}

func (d *DB) guardJournal(ctx context.Context) error {
	for _, s := range d.guards() {
		if _, err := d.write.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) guard(ctx context.Context) error {
	for _, s := range tx.db.guards() {
		if _, err := tx.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) unguardJournal(ctx context.Context) error {
	on := ""
	if tx.db.Engine != SQLite {
		on = " ON journal"
	}
	for _, s := range []string{"journal_kept", "journal_same"} {
		if _, err := tx.ExecContext(ctx, `DROP TRIGGER IF EXISTS `+s+on); err != nil {
			return err
		}
	}
	return nil
}

// Compact brings what was erased off the disk: the file is written anew without the old contents, and the log beside it
// is emptied. In a PostgreSQL that is for its administrators, whose copies and logs are theirs.
func (d *DB) Compact(ctx context.Context) error {
	if d.Engine != SQLite {
		_, err := d.write.ExecContext(ctx, `VACUUM`)
		return d.Fail(err)
	}
	if _, err := d.write.ExecContext(ctx, `VACUUM`); err != nil {
		return d.Fail(err)
	}
	for try := 0; ; try++ {
		var busy, log, moved int
		if err := d.write.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &log, &moved); err != nil {
			return d.Fail(err)
		}
		if busy == 0 || try == 20 {
			return nil
		}
		select { // somebody reads an older state
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}
