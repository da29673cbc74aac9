package http

import (
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"headway/domain"
	"headway/events/documents"
	"headway/events/merkle"
	"headway/http/assets"
	"headway/projections"
	"headway/projections/desk"
)

// Options are what the server works on.
type Options struct {
	Log       merkle.Store
	Runner    *projections.Runner
	Desk      *desk.Desk
	Tokens    TokenStore
	Documents *documents.Folder // evidence that is files; nil where none is kept
	Keys      *merkle.Keys      // that sign checkpoints; nil where there is no place for them
	Logger    *slog.Logger
	Now       func() time.Time
	// Uploads keeps files until they are confirmed; nil where none are taken.
	Uploads *Uploads
	// Draining is closed when the server is to end: streams that would stay open
	// end then. Nil where none is to be drained.
	Draining <-chan struct{}
	// Streams is how many pages are told of news at once; 512 where it is 0. Others
	// look for themselves when they are opened again.
	Streams int
	// Pictures draws charts on the server; nil where charts are for browsers with
	// JavaScript only.
	Pictures Pictures
}

// server answers requests from the projections.
type server struct {
	Options
	*site
	disclosure domain.Disclosure
	shown      sync.Map // what each release shows, by its position
	notary     notary
	importing  chan struct{} // room for one
	streams    chan struct{} // room for as many as there may be
}

// maxBody is how large a request may be that carries no files, and maxFiles one
// that does, in bytes.
const (
	maxBody  = "1M"
	maxFiles = 128 << 20
)

// filePaths are the ways of requests that carry files.
var filePaths = []string{"/api/v1/documents", "/rounds/:id/answers"}

func carriesFiles(c echo.Context) bool {
	return c.Request().Method == http.MethodPost && slices.Contains(filePaths, c.Path())
}

// largeBody limits the requests that carry files.
func (s *server) largeBody(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if carriesFiles(c) {
			c.Request().Body = http.MaxBytesReader(c.Response(), c.Request().Body, maxFiles)
		}
		return next(c)
	}
}

// New returns the handler of everything that Headway serves.
func New(o Options) (http.Handler, error) {
	shared, err := newSite()
	if err != nil {
		return nil, err
	}
	if o.Streams == 0 {
		o.Streams = 512
	}
	s := &server{Options: o, site: shared, disclosure: domain.PublicDisclosure(), importing: make(chan struct{}, 1), streams: make(chan struct{}, o.Streams)}
	shared.pictures = o.Pictures != nil
	e := echo.New()
	e.HTTPErrorHandler = s.fail
	e.Use(middleware.RecoverWithConfig(middleware.RecoverConfig{DisablePrintStack: true}), middleware.BodyLimitWithConfig(middleware.BodyLimitConfig{Limit: maxBody, Skipper: func(c echo.Context) bool { return carriesFiles(c) || takesFiles(c) }}), s.largeBody, s.headers, represent,
		echo.WrapMiddleware(http.NewCrossOriginProtection().Handler), s.authenticate)
	s.routes(e)
	return compress(e)
}

func (s *server) routes(e *echo.Echo) {
	e.GET("/", s.summitPage)
	e.GET("/charts/:file", s.summitChart)
	e.GET("/compare", s.comparePage)
	e.GET("/compare/charts/:file", s.compareChart)
	e.GET("/indicators", s.indicatorsPage)
	e.GET("/indicators/:id", s.indicatorPage)
	e.GET("/indicators/:id/charts/:file", s.indicatorChart)
	e.GET("/maturity", s.maturityPage)
	e.GET("/maturity/charts/:file", s.maturityChart)
	e.GET("/method", s.methodPage)
	e.GET("/method/charts/:file", s.methodChart)
	e.GET("/heatmap", s.heatmapPage)
	e.GET("/heatmap/charts/:file", s.heatmapChart)
	e.GET("/rounds", s.roundsPage)
	e.GET("/rounds/:id", s.roundPage)
	e.GET("/countries/:code", s.countryPage)
	e.GET("/countries/:code/charts/:file", s.countryChart)
	e.GET("/rounds/:id/answers", s.answersPage)
	e.POST("/rounds/:id/answers", s.submitAnswers)
	e.GET("/rounds/:id/import", s.importPage)
	e.POST("/rounds/:id/import", s.importForm)
	e.GET("/submissions", s.submissionsPage)
	e.GET("/submissions/:id", s.submissionPage)
	e.POST("/submissions/:id", s.reviewSubmission)
	e.GET("/audit", s.auditPage)
	e.GET("/audit.csv", s.auditCSV)
	e.GET("/login", s.loginPage)
	e.POST("/login", s.logIn)
	e.POST("/logout", s.logOut)
	e.GET("/assets/:name", s.asset)
	e.GET("/live", s.getLive)
	e.GET("/healthz", s.health)
	e.GET("/readyz", s.ready)
	api := e.Group("/api/v1")
	api.GET("/frameworks", s.getFrameworks)
	api.GET("/rounds", s.getRounds)
	api.GET("/rounds/:id", s.getRound)
	api.GET("/countries", s.getCountries)
	api.GET("/indicators", s.getIndicators)
	api.GET("/status", s.getStatus)
	api.GET("/history", s.getHistory)
	api.GET("/figures", s.getFigures)
	api.GET("/compare", s.getCompare)
	api.GET("/trend", s.getTrend)
	api.GET("/maturity", s.getMaturity)
	api.GET("/releases", s.getReleases)
	api.POST("/releases", s.postRelease)
	api.GET("/events", s.getEvents)
	api.GET("/checkpoint", s.getCheckpoint)
	api.GET("/proof", s.getProof)
	api.POST("/events/status", s.postStatus)
	api.POST("/imports", s.postImport)
	api.POST("/documents", s.postDocument)
	api.GET("/documents/:sha256", s.getDocument)
	api.GET("/submissions", s.getSubmissions)
	api.POST("/submissions", s.postSubmission)
	api.GET("/submissions/:id", s.getSubmission)
	api.POST("/submissions/:id/:action", s.postReview)
}

// headers makes pages safe by default: scripts and styles only from here, and
// nothing from elsewhere unless ECharts was not built in.
func (s *server) headers(next echo.HandlerFunc) echo.HandlerFunc {
	scripts := "'self'"
	if !assets.HasECharts() {
		scripts += " " + assets.PublicHost
	}
	policy := fmt.Sprintf("default-src 'none'; script-src %s; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "+
		"base-uri 'none'; form-action 'self'; frame-ancestors 'none'", scripts)
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		return next(c)
	}
}

// health says whether the projections follow the log.
func (s *server) health(c echo.Context) error {
	at, stuck := s.Runner.Position()
	body := map[string]any{"status": "ok", "position": at}
	status := http.StatusOK
	if head, err := s.Log.Head(c.Request().Context()); err != nil {
		s.Logger.Error("health: the log cannot be read", "error", err)
		status, body["status"], body["problem"] = http.StatusServiceUnavailable, "failing", "the log cannot be read"
	} else {
		body["head"] = head
	}
	if stuck != nil {
		status, body["status"] = http.StatusServiceUnavailable, "standing still"
		body["problem"] = fmt.Sprintf("the projections stand at position %d and serve their last state; the server's log says why", at)
	}
	return c.JSON(status, body)
}

func (s *server) ready(c echo.Context) error {
	if _, err := s.Log.Head(c.Request().Context()); err != nil {
		return c.JSON(http.StatusServiceUnavailable, map[string]string{"status": "the log cannot be read"})
	}
	return c.JSON(http.StatusOK, map[string]string{"status": "ready"})
}
