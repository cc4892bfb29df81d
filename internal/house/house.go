package house

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"time"

	"aircommons/internal/account"
	"aircommons/internal/activity"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/evidence"
	"aircommons/internal/fault"
	"aircommons/internal/library"
	"aircommons/internal/mail"
	"aircommons/internal/network"
	"aircommons/internal/obs"
	"aircommons/internal/obs/duck"
	"aircommons/internal/record"
)

// ErrHeld says that another process holds the data folder.
var ErrHeld = errors.New("house: the data folder is held by another process")

// Options open a data folder.
type Options struct {
	Folder   string
	Database string // postgres:// address, remembered in the folder; empty for what the folder is set to
	Now      func() time.Time
	Log      *slog.Logger
	Mail     mail.Sender      // nil: letters are laid into the folder
	From     string           // sender of letters in the folder
	Catalog  *catalog.Catalog // texts of letters
}

// House is an open data folder. Nobody else has it open.
type House struct {
	Folder string
	Config Config
	Now    func() time.Time
	Log    *slog.Logger

	DB    *db.DB
	Obs   obs.Store
	Files *db.Files
	Mail  mail.Sender

	Network  *network.Desk
	Account  *account.Desk
	Evidence *evidence.Desk
	Library  *library.Desk
	Activity *activity.Desk
	Record   *record.Desk

	lock *os.File
}

// Open takes the folder's lock and opens everything in it; a folder that is not there is made. What a killed process
// left half done is finished by the worker.
func Open(ctx context.Context, o Options) (h *House, err error) {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	h = &House{Folder: o.Folder, Now: o.Now, Log: o.Log, Mail: o.Mail}
	if err := os.MkdirAll(o.Folder, 0o700); err != nil {
		return nil, folderFault(err, o.Folder)
	}
	if h.lock, err = take(o.Folder); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, h.Close())
		}
	}()
	if h.Config, err = ReadConfig(o.Folder); err != nil {
		return nil, err
	}
	if o.Database != "" && o.Database != h.Config.Database {
		h.Config.Database = o.Database
		if err := WriteConfig(o.Folder, h.Config); err != nil {
			return nil, err
		}
	}
	dsn := h.Config.Database
	if dsn == "" {
		dsn = sqlitePath(o.Folder)
	}
	if h.DB, err = db.Open(ctx, dsn, o.Now); err != nil {
		return nil, err
	}
	if h.Obs, err = duck.Open(duckPath(o.Folder), duck.Options{}); err != nil {
		return nil, err
	}
	if h.Files, err = db.OpenFiles(filesPath(o.Folder)); err != nil {
		return nil, err
	}
	if h.Mail == nil {
		from := o.From
		if from == "" {
			from = mail.DefaultFrom("")
		}
		h.Mail = mail.Folder{Dir: MailPath(o.Folder), From: from, Now: o.Now}
	}
	h.Network = network.New(h.DB)
	h.Account = account.New(h.DB, h.Mail, o.Catalog)
	h.Evidence = evidence.New(h.DB, h.Obs, h.Files, h.Network)
	h.Library = library.New(h.DB, h.Files)
	h.Activity = activity.New(h.DB)
	h.Record = record.New(h.DB)
	if err := h.DB.Release(ctx); err != nil {
		return nil, err
	}
	return h, nil
}

// Work runs the jobs of the desks until ctx ends. Nothing runs in a folder that is paused.
func (h *House) Work(ctx context.Context) error {
	if h.Config.Paused {
		<-ctx.Done()
		return nil
	}
	return h.DB.Work(ctx, h.Run)
}

// Run does one job.
func (h *House) Run(ctx context.Context, job db.Job, say db.Progress) error {
	if job.Kind == evidence.JobKind {
		return h.Evidence.Run(ctx, job, say)
	}
	return fault.New(fault.Invalid, "house.job", "Kind", job.Kind)
}

// Close closes the stores and gives the folder back.
func (h *House) Close() error {
	var err error
	if h.Obs != nil {
		err = errors.Join(err, h.Obs.Close())
	}
	if h.DB != nil {
		err = errors.Join(err, h.DB.Close())
	}
	if h.lock != nil {
		err = errors.Join(err, h.lock.Close())
	}
	return err
}
