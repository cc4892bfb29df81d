package house

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"aircommons/internal/account"
	"aircommons/internal/activity"
	"aircommons/internal/call"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	"aircommons/internal/evidence"
	"aircommons/internal/exchange"
	"aircommons/internal/fault"
	"aircommons/internal/form"
	"aircommons/internal/letter"
	"aircommons/internal/library"
	"aircommons/internal/mail"
	"aircommons/internal/network"
	"aircommons/internal/obs"
	"aircommons/internal/obs/duck"
	"aircommons/internal/participation"
	"aircommons/internal/post"
	"aircommons/internal/record"
	"aircommons/internal/report"
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
	Bounces  string           // where letters of the folder come back
	Key      *mail.Key        // signs letters of the folder
	Site     string           // address of the site, for links in letters: "https://air.example.org"
	Rate     int              // most letters in a minute; 0: as many as the server takes
	Returned string           // Maildir in which letters that came back lie; empty for none
	Catalog  *catalog.Catalog // texts of letters
	Resume   bool             // end the pause of a restored folder
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

	Form          *form.Desk
	Post          *post.Desk
	Letter        *letter.Desk
	Participation *participation.Desk
	Call          *call.Desk
	Exchange      *exchange.Desk
	Report        *report.Desk

	lock *os.File
	busy chan struct{} // full while a job runs or a copy is made
}

// Open takes the folder's lock and opens everything in it; a folder that is not there is made. What a killed process
// left half done is finished by the worker.
func Open(ctx context.Context, o Options) (_ *House, err error) {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	h := &House{Folder: o.Folder, Now: o.Now, Log: o.Log, Mail: o.Mail, busy: make(chan struct{}, 1)}
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
	if err := finishRestore(o.Folder); err != nil {
		return nil, err
	}
	if h.Config, err = ReadConfig(o.Folder); err != nil {
		return nil, err
	}
	config := h.Config
	if o.Database != "" {
		if _, err := os.Stat(sqlitePath(o.Folder)); err == nil && config.Database == "" {
			// The stations of the measurements are those of network.db.
			return nil, fault.New(fault.Conflict, "house.two", "Path", sqlitePath(o.Folder))
		} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, folderFault(err, o.Folder)
		}
		config.Database = o.Database
	}
	restored := o.Resume && config.Paused
	if o.Resume {
		config.Paused = false
	}
	measured, err := there(duckPath(o.Folder))
	if err != nil {
		return nil, folderFault(err, o.Folder)
	}
	dsn := config.Database
	if dsn == "" {
		dsn = sqlitePath(o.Folder)
		if is, err := there(dsn); err != nil {
			return nil, folderFault(err, o.Folder)
		} else if measured && !is {
			return nil, fault.New(fault.Conflict, "house.lost", "Path", dsn)
		}
	}
	if h.DB, err = db.Open(ctx, dsn, o.Now); err != nil {
		return nil, err
	}
	if err := h.DB.Hold(ctx); err != nil {
		return nil, err
	}
	if config != h.Config {
		if err := WriteConfig(o.Folder, config); err != nil {
			return nil, err
		}
		h.Config = config
	}
	store, err := duck.Open(duckPath(o.Folder), duck.Options{})
	if err != nil {
		return nil, err
	}
	h.Obs = store
	if h.Files, err = db.OpenFiles(filesPath(o.Folder)); err != nil {
		return nil, err
	}
	if h.Mail == nil || h.Config.Paused {
		from := o.From
		if from == "" {
			from = mail.DefaultFrom("")
		}
		h.Mail = mail.Folder{Dir: MailPath(o.Folder), From: from, Bounces: o.Bounces, Key: o.Key, Now: o.Now}
	}
	h.Network = network.New(h.DB)
	h.Account = account.New(h.DB, h.Mail, o.Catalog)
	h.Evidence = evidence.New(h.DB, h.Obs, h.Files, h.Network)
	h.Evidence.Gazetteer = record.Gazetteer
	if err := h.together(ctx, measured); err != nil {
		return nil, err
	}
	h.Library = library.New(h.DB, h.Files)
	h.Activity = activity.New(h.DB)
	h.Record = record.New(h.DB)
	h.Form = form.New(h.DB, h.Files)
	h.Post = post.New(h.DB, h.Mail, o.Catalog)
	h.Post.Site, h.Post.PerMinute, h.Post.Returned, h.Post.Log = o.Site, o.Rate, o.Returned, o.Log
	h.Post.Programme, h.Post.Network = programmeOf, h.name
	if o.Catalog != nil {
		h.Post.Things = func(ctx context.Context, tx *db.Tx, lang, about, key string) (map[string]string, error) {
			return activity.Said(ctx, tx, o.Catalog.Lang(lang), about, key)
		}
	}
	h.Letter = letter.New(h.DB)
	h.Letter.Programme = programmeOf
	h.Participation = participation.New(h.DB)
	h.Participation.URL, h.Participation.Texts = o.Site, o.Catalog
	h.Call = call.New(h.DB)
	h.Exchange = exchange.New(h.DB, h.Network, h.Activity)
	h.Exchange.URL = o.Site
	h.Report = report.New(h.DB, h.Files)
	h.Report.URL, h.Report.Texts = strings.TrimSuffix(o.Site, "/"), o.Catalog
	h.keeping()
	if err := h.DB.Release(ctx); err != nil {
		return nil, err
	}
	if err := h.Account.Sweep(ctx); err != nil {
		return nil, err
	}
	if err := h.Post.Recover(ctx, restored); err != nil {
		return nil, err
	}
	return h, nil
}

func there(path string) (bool, error) {
	_, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// together refuses tables and measurements that do not belong to each other: the stations of the ones are numbers in the
// others. measured tells that the measurements were there before they were opened.
func (h *House) together(ctx context.Context, measured bool) error {
	imports, summaries, err := h.Evidence.Counts(ctx)
	if err != nil {
		return err
	}
	if !measured && summaries > 0 {
		return fault.New(fault.Conflict, "house.lost", "Path", duckPath(h.Folder))
	}
	if !measured || imports > 0 {
		return nil
	}
	extents, err := h.Obs.Extents(ctx)
	if err != nil || len(extents) == 0 {
		return err
	}
	return fault.New(fault.Conflict, "house.stranger", "Path", duckPath(h.Folder))
}

// Work runs the jobs of the desks and sends letters until ctx ends. Nothing runs in a folder that is paused.
func (h *House) Work(ctx context.Context) error {
	if h.Config.Paused {
		<-ctx.Done()
		return nil
	}
	var retained sync.WaitGroup
	retained.Go(func() { h.retain(ctx) })
	retained.Go(func() { h.seats(ctx) })
	defer retained.Wait()
	var letters error
	done := make(chan struct{})
	go func() { // beside the jobs: a long import keeps no letter waiting
		defer close(done)
		letters = h.Post.Work(ctx)
	}()
	err := h.DB.Work(ctx, h.Run)
	<-done
	return errors.Join(err, letters)
}

// programmeOf is the programme of an activity, whose texts and officers its letters have.
func programmeOf(ctx context.Context, tx *db.Tx, id string) (string, error) {
	a, err := activity.One(ctx, tx, id)
	return a.Programme, err
}

// name is what the network calls itself in letters.
func (h *House) name(ctx context.Context) db.Text {
	snap, err := h.Network.Snapshot(ctx)
	if err != nil {
		h.Log.Warn("the name of the network", "error", err)
		return nil
	}
	if o, ok := snap.Host(); ok {
		return o.Names
	}
	return nil
}

// Run does one job, when no copy is being made.
func (h *House) Run(ctx context.Context, job db.Job, say db.Progress) error {
	free, err := h.occupy(ctx)
	if err != nil {
		return err
	}
	defer free()
	if job.Kind == evidence.JobKind {
		return h.Evidence.Run(ctx, job, say)
	}
	return fault.New(fault.Invalid, "house.job", "Kind", job.Kind)
}

// occupy waits until no job runs and no copy is made, and keeps others from beginning until free is called.
func (h *House) occupy(ctx context.Context) (free func(), err error) {
	select {
	case h.busy <- struct{}{}:
		return func() { <-h.busy }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
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
