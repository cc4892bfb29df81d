package participation

import (
	_ "embed"
	"net/http"
	"strconv"
	"time"

	"aircommons/internal/account"
	"aircommons/internal/fault"
	"aircommons/internal/form"
	desk "aircommons/internal/participation"
	"aircommons/internal/web/ui"
)

// openapi describes every call. A test holds the calls to it.
//
//go:embed openapi.yaml
var openapi []byte

func (h handlers) registerAPI() {
	h.Raw("/api/openapi.yaml", func(w http.ResponseWriter, r *ui.Request) error {
		w.Header().Set("Content-Type", "application/yaml; charset=utf-8")
		_, err := w.Write(openapi)
		return err
	})
	h.API("POST", "/activities/{id}/registrations", h.apiRegister)
	h.API("GET", "/activities/{id}/registrations", h.apiList)
	h.API("GET", "/activities/{id}/participants", h.apiParticipants)
	h.API("GET", "/registrations/{id}", h.apiOne)
	h.API("POST", "/registrations/{id}/state", h.apiState)
}

// apiRequest is a registration as a program sends it.
type apiRequest struct {
	Name         string             `json:"name"`
	Email        string             `json:"email"`
	Language     string             `json:"language"`
	City         string             `json:"city"`
	Country      string             `json:"country"`
	Organisation string             `json:"organisation"`
	Mode         string             `json:"mode"`
	Role         string             `json:"role"`
	Funded       bool               `json:"funded"`
	Visibility   account.Visibility `json:"visibility"`
	Answers      form.Answers       `json:"answers"`
}

// apiRegistration is a registration as programs read it.
type apiRegistration struct {
	ID           string             `json:"id"`
	Activity     string             `json:"activity"`
	State        desk.State         `json:"state"`
	Since        *time.Time         `json:"since,omitempty"`
	Turn         int                `json:"turn,omitempty"`
	OfferUntil   *time.Time         `json:"offerUntil,omitempty"`
	Reason       string             `json:"reason,omitempty"`
	Link         string             `json:"link,omitempty"`
	Name         string             `json:"name,omitempty"`
	Original     string             `json:"original,omitempty"`
	Email        string             `json:"email,omitempty"`
	City         string             `json:"city,omitempty"`
	Country      string             `json:"country,omitempty"`
	Organisation string             `json:"organisation,omitempty"`
	Role         string             `json:"role,omitempty"`
	Mode         string             `json:"mode,omitempty"`
	Funded       bool               `json:"funded,omitempty"`
	Delegation   string             `json:"delegation,omitempty"`
	Source       string             `json:"source,omitempty"`
	Visibility   account.Visibility `json:"visibility,omitempty"`
	Answers      form.Answers       `json:"answers,omitempty"`
	Created      *time.Time         `json:"created,omitempty"`
	Version      int64              `json:"version,omitempty"`
}

func apiOf(r desk.Row) apiRegistration {
	x := apiRegistration{ID: r.ID, Activity: r.Activity, State: r.State, Since: &r.Since, Turn: r.Turn, OfferUntil: r.OfferUntil, Reason: r.Reason, Name: r.Who.Name, Email: r.Who.Email,
		City: r.Place, Country: r.Country, Organisation: r.Organisation, Role: r.Role, Mode: r.Mode, Funded: r.Funded, Delegation: r.Delegation, Source: r.Source, Visibility: r.Visibility,
		Answers: r.Answers, Created: &r.Created, Version: r.Version}
	x.Original, _ = r.Who.Original()
	return x
}

// mostKey is the longest idempotency key.
const mostKey = 255

func (h handlers) apiRegister(w http.ResponseWriter, r *ui.Request) error {
	var in apiRequest
	if err := r.ReadJSON(&in); err != nil {
		return err
	}
	key := r.Header.Get("Idempotency-Key")
	if len(key) > mostKey {
		return fault.New(fault.Invalid, "participation.api.key", "Most", mostKey)
	}
	if key != "" {
		key = "api\x00" + r.By.ID + "\x00" + key
	}
	q := desk.Request{Key: key, Activity: r.PathValue("id"), Name: in.Name, Email: in.Email, Lang: in.Language, Place: in.City, Country: in.Country, Organisation: in.Organisation,
		Role: in.Role, Mode: in.Mode, Funded: in.Funded, Visibility: in.Visibility, Answers: in.Answers}
	if q.Lang == "" {
		q.Lang = r.Lang
	}
	out, err := h.Participation.Register(r.Context(), r.By, q)
	if err != nil {
		return err
	}
	if out.Again && out.Link == "" {
		if _, err := h.Participation.Run(r.Context(), r.By, q.Activity); err != nil {
			return h.JSON(w, http.StatusAccepted, map[string]string{"activity": q.Activity, "detail": r.Words.T("participation.received")}) // nothing is told of who was here before
		}
	}
	x := apiRegistration{ID: out.ID, Activity: out.Activity, State: out.State, Since: &out.Since}
	if out.Link != "" {
		x.Link = h.Absolute(r.To("/seats/" + out.Link))
		if o, err := h.Participation.Own(r.Context(), r.By, out.Link); err == nil && o.State == desk.Waiting {
			x.Turn = o.Turn.Ahead + 1
		}
	}
	if out.Again {
		w.Header().Set("Idempotency-Replayed", "true")
	}
	w.Header().Set("Location", "/api/v1/registrations/"+out.ID)
	return h.JSON(w, http.StatusCreated, x)
}

type apiPage struct {
	Total int               `json:"total"`
	Items []apiRegistration `json:"items"`
}

func (h handlers) apiList(w http.ResponseWriter, r *ui.Request) error {
	v := r.URL.Query()
	l, err := h.Participation.People(r.Context(), r.By, r.PathValue("id"), desk.ReadFilter(v))
	if err != nil {
		return err
	}
	from, _ := strconv.Atoi(v.Get("from")) // a broken one is the beginning
	limit, _ := strconv.Atoi(v.Get("limit"))
	if limit < 1 || limit > 1000 {
		limit = 100
	}
	from = max(0, min(from, len(l.Rows)))
	out := apiPage{Total: len(l.Rows), Items: []apiRegistration{}}
	for _, row := range l.Rows[from:min(len(l.Rows), from+limit)] {
		out.Items = append(out.Items, apiOf(row))
	}
	return h.JSON(w, http.StatusOK, out)
}

type apiShown struct {
	Name         string `json:"name"`
	City         string `json:"city,omitempty"`
	Country      string `json:"country,omitempty"`
	Organisation string `json:"organisation,omitempty"`
	Role         string `json:"role"`
}

func (h handlers) apiParticipants(w http.ResponseWriter, r *ui.Request) error {
	those, hidden, err := h.Participation.Participants(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	out := struct {
		Hidden int        `json:"hidden"`
		Items  []apiShown `json:"items"`
	}{hidden, []apiShown{}}
	for _, x := range those {
		name, _ := x.Person.NameFor("display", r.Lang)
		out.Items = append(out.Items, apiShown{name, x.Place, x.Country, x.Organisation, x.Role})
	}
	return h.JSON(w, http.StatusOK, out)
}

func (h handlers) apiOne(w http.ResponseWriter, r *ui.Request) error {
	c, err := h.Participation.Case(r.Context(), r.By, r.PathValue("id"))
	if err != nil {
		return err
	}
	return h.JSON(w, http.StatusOK, h.apiCase(c))
}

func (h handlers) apiCase(c desk.Case) apiRegistration {
	row := desk.Row{Participation: c.Participation, Who: c.Person}
	for _, a := range c.Answers {
		if a.Form == c.Setup.Form {
			row.Answers = a.Answers
		}
	}
	if c.State == desk.Waiting {
		row.Turn = c.Turn.Ahead + 1
	}
	return apiOf(row)
}

func (h handlers) apiState(w http.ResponseWriter, r *ui.Request) error {
	if _, err := h.Participation.Case(r.Context(), r.By, r.PathValue("id")); err != nil {
		return err // before what was sent is read
	}
	var in struct {
		State   desk.State `json:"state"`
		Reason  string     `json:"reason"`
		Beyond  bool       `json:"beyond"`
		Version int64      `json:"version"`
	}
	if err := r.ReadJSON(&in); err != nil {
		return err
	}
	if _, err := h.Participation.Decide(r.Context(), r.By, r.PathValue("id"), in.Version, in.State, in.Reason, in.Beyond); err != nil {
		return err
	}
	return h.apiOne(w, r)
}
