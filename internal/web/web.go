// Package web is the site: the shell of package ui with the pages of every desk.
package web

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	accountdesk "aircommons/internal/account"
	activitydesk "aircommons/internal/activity"
	calldesk "aircommons/internal/call"
	"aircommons/internal/catalog"
	"aircommons/internal/db"
	evidencedesk "aircommons/internal/evidence"
	exchangedesk "aircommons/internal/exchange"
	formdesk "aircommons/internal/form"
	letterdesk "aircommons/internal/letter"
	librarydesk "aircommons/internal/library"
	networkdesk "aircommons/internal/network"
	participationdesk "aircommons/internal/participation"
	postdesk "aircommons/internal/post"
	recorddesk "aircommons/internal/record"
	reportdesk "aircommons/internal/report"
	translatedesk "aircommons/internal/translate"
	"aircommons/internal/web/account"
	"aircommons/internal/web/activity"
	"aircommons/internal/web/calendar"
	"aircommons/internal/web/call"
	"aircommons/internal/web/day"
	"aircommons/internal/web/evidence"
	"aircommons/internal/web/exchange"
	"aircommons/internal/web/form"
	"aircommons/internal/web/letter"
	"aircommons/internal/web/library"
	"aircommons/internal/web/network"
	"aircommons/internal/web/pages"
	"aircommons/internal/web/participation"
	"aircommons/internal/web/post"
	"aircommons/internal/web/record"
	"aircommons/internal/web/report"
	"aircommons/internal/web/translate"
	"aircommons/internal/web/ui"
)

// Config is what a site is made of: an open house, and where and how it is served.
type Config struct {
	DB       *db.DB
	Network  *networkdesk.Desk
	Activity *activitydesk.Desk
	Library  *librarydesk.Desk
	Account  *accountdesk.Desk
	Evidence *evidencedesk.Desk
	Record   *recorddesk.Desk

	Form          *formdesk.Desk
	Post          *postdesk.Desk
	Letter        *letterdesk.Desk
	Participation *participationdesk.Desk
	Call          *calldesk.Desk
	Exchange      *exchangedesk.Desk
	Report        *reportdesk.Desk

	Catalog *catalog.Catalog
	Log     *slog.Logger
	Now     func() time.Time
	Random  io.Reader // nil: the system's
	URL     string    // under which readers reach the site: "https://air.example.org"; links in letters use it
	Version string    // of the program
	Proxies int       // reverse proxies in front, whose X-Forwarded-For is believed
}

// New makes the whole site.
func New(c Config) (http.Handler, error) {
	s, err := build(c)
	if err != nil {
		return nil, err
	}
	return s.Handler()
}

// build registers the pages of every desk.
func build(c Config) (*ui.Site, error) {
	if c.Account == nil || c.DB == nil || c.Network == nil || c.Evidence == nil {
		return nil, errors.New("web: a desk is missing")
	}
	if c.Record == nil {
		c.Record = recorddesk.New(c.DB) // it has nothing of its own but the store
	}
	c.fill()
	if c.Random == nil {
		c.Random = rand.Reader
	}
	s, err := ui.New(ui.Config{
		Catalog: c.Catalog, Log: c.Log, Now: c.Now, Random: c.Random, URL: c.URL, Version: c.Version, Proxies: c.Proxies,
		Revision: c.DB.Revision, Brand: pages.Brand(c.Network), Person: c.Account.Actor, As: c.Account.As, Bearer: c.Account.Bearer, Sessions: c.Account.Sessions(), Codec: accountdesk.Codec{},
	})
	if err != nil {
		return nil, err
	}
	if _, err := c.Account.UsePasskeys(c.URL, "Aircommons"); err != nil {
		return nil, err
	}
	if err := account.Register(s, account.Deps{Account: c.Account, Network: c.Network, Activity: c.Activity, Now: c.Now}); err != nil {
		return nil, err
	}
	pages.Register(s, pages.Deps{DB: c.DB, Network: c.Network, Account: c.Account})
	network.Register(s, network.Deps{Network: c.Network, Activity: c.Activity, Library: c.Library})
	of := evidence.Deps{Evidence: c.Evidence, Network: c.Network, Now: c.Now}
	people := participation.Register(s, participation.Deps{Participation: c.Participation, Activity: c.Activity, Account: c.Account, Network: c.Network, Form: c.Form, Catalog: c.Catalog, Now: c.Now})
	c.Call.Site, c.Call.Participation = c.URL, c.Participation
	calls := call.Deps{Call: c.Call, Form: c.Form, Network: c.Network, Activity: c.Activity, Now: c.Now}
	printer := letter.FindPrinter()
	remains := report.Register(s, report.Deps{Report: c.Report, Activity: c.Activity, Account: c.Account, Network: c.Network, Library: c.Library, Form: c.Form, Exchange: c.Exchange, Printer: printer, Catalog: c.Catalog, Now: c.Now})
	calendar.Register(s, calendar.Deps{Activity: c.Activity, Network: c.Network, Seats: c.seats})
	activity.Register(s, activity.Deps{Seat: c.seat, Seated: c.seated, Activity: c.Activity, Network: c.Network, Library: c.Library, Now: c.Now, Home: evidence.HomeFigure(of), Air: latestAir(c.Evidence, c.Now),
		Plans: func(r *ui.Request, place string) ([]activity.PlanPoint, error) {
			return exchange.OnCity(c.Exchange, c.Activity, r, place)
		},
		Ways: func(r *ui.Request, a activitydesk.Activity) (activity.Ways, error) {
			ways, err := people.Ways(r, a)
			if err != nil {
				return ways, err
			}
			links, actions, err := calls.Links(r, "activity", a.ID)
			ways.Links, ways.Actions = append(ways.Links, links...), append(ways.Actions, actions...)
			if words := r.Words; r.By.Runs(a.Programme, a.ID) {
				ways.Actions = append(ways.Actions, ui.Action{Text: words.T("call.office.new"), Path: "/office/calls/new?about=activity/" + a.ID},
					ui.Action{Text: words.T("letter.title"), Path: "/office/activities/" + a.ID + "/letters"}, ui.Action{Text: words.T("post.title"), Path: "/office/mail?about=activity/" + a.ID},
					ui.Action{Text: words.T("roles.title"), Path: "/office/roles/activity/" + a.ID})
			}
			if err == nil {
				err = remains.Ways(r, a, &ways)
			}
			if err == nil {
				err = exchange.Ways(c.Exchange, r, a, &ways)
			}
			return ways, err
		}})
	if err := evidence.Register(s, of); err != nil {
		return nil, err
	}
	library.Register(s, library.Deps{Library: c.Library, Network: c.Network, Activity: c.Activity})
	form.Register(s, form.Deps{Form: c.Form, Network: c.Network, Activity: c.Activity})
	translate.Register(s, translate.Deps{Translate: translatedesk.New(c.DB)})
	call.Register(s, calls)
	exchange.Register(s, exchange.Deps{Exchange: c.Exchange, Network: c.Network, Activity: c.Activity})
	record.Register(s, record.Deps{Record: c.Record, Network: c.Network, Activity: c.Activity, Library: c.Library})
	letter.Register(s, letter.Deps{DB: c.DB, Letters: c.Letter, Activity: c.Activity, Network: c.Network, Account: c.Account, Participation: c.Participation, Printer: printer, Now: c.Now})
	post.Register(s, post.Deps{Outbox: c.Post, Activity: c.Activity, Network: c.Network, Now: c.Now})
	if err := day.Register(s, day.Deps{Participation: c.Participation, Activity: c.Activity, Account: c.Account, Network: c.Network, Catalog: c.Catalog, Now: c.Now}); err != nil {
		return nil, err
	}
	return s, nil
}

// fill makes the desks that have nothing of their own but the store.
func (c *Config) fill() {
	if c.Form == nil {
		c.Form = formdesk.New(c.DB, nil)
	}
	if c.Post == nil {
		c.Post = postdesk.New(c.DB, nil, c.Catalog)
	}
	if c.Post.Things == nil {
		c.Post.Things = func(ctx context.Context, tx *db.Tx, lang, about, key string) (map[string]string, error) {
			return activitydesk.Said(ctx, tx, c.Catalog.Lang(lang), about, key)
		}
	}
	if c.Post.Site == "" {
		c.Post.Site = strings.TrimSuffix(c.URL, "/")
	}
	if c.Activity.Site == "" {
		c.Activity.Site = strings.TrimSuffix(c.URL, "/")
	}
	if c.Letter == nil {
		c.Letter = letterdesk.New(c.DB)
	}
	programme := func(ctx context.Context, tx *db.Tx, id string) (string, error) {
		a, err := activitydesk.One(ctx, tx, id)
		return a.Programme, err
	}
	if c.Letter.Programme == nil {
		c.Letter.Programme = programme
	}
	if c.Post.Programme == nil {
		c.Post.Programme = programme
	}
	if c.Participation == nil {
		c.Participation = participationdesk.New(c.DB)
	}
	if c.Participation.URL == "" {
		c.Participation.URL = strings.TrimSuffix(c.URL, "/")
	}
	if c.Call == nil {
		c.Call = calldesk.New(c.DB)
	}
	if c.Exchange == nil {
		c.Exchange = exchangedesk.New(c.DB, c.Network, c.Activity)
	}
	if c.Report == nil {
		c.Report = reportdesk.New(c.DB, nil)
	}
	if c.Report.URL == "" {
		c.Report.URL = strings.TrimSuffix(c.URL, "/")
	}
	if c.Report.Texts == nil {
		c.Report.Texts = c.Catalog
	}
}
