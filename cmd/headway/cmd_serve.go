package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/ThreeDotsLabs/watermill/pubsub/gochannel"
	"github.com/spf13/cobra"

	"headway/events/bus"
	"headway/events/merkle"
	webhttp "headway/http"
	"headway/http/chart/render"
)

const defaultAddress = "127.0.0.1:8080"

func (a *app) serveCommand() *cobra.Command {
	var addr string
	c := &cobra.Command{Use: "serve", Short: "Serve the API and the pages, with live projections", Args: noArgs,
		Long:    "Serve the API and the pages, with live projections, on loopback unless --addr says otherwise. SIGTERM drains.",
		Example: "  headway serve --addr 127.0.0.1:8080"}
	c.Flags().StringVar(&addr, "addr", defaultAddress, "host and port to listen on")
	c.RunE = func(c *cobra.Command, _ []string) error {
		return a.creating(c.Context(), func(s *session) error { return a.serve(c.Context(), s, addr) })
	}
	return c
}

func (a *app) demoCommand() *cobra.Command {
	var addr string
	var noRelease bool
	c := &cobra.Command{Use: "demo", Short: "Seed the 2021 baseline, simulate rounds 2023 and 2025, and serve", Args: noArgs,
		Long:    "Seed the 2021 baseline, simulate rounds 2023 and 2025, and serve. Default database: headway-demo.db.",
		Example: "  headway demo --addr 127.0.0.1:8080"}
	c.Flags().StringVar(&addr, "addr", defaultAddress, "host and port to listen on")
	c.Flags().BoolVar(&noRelease, "no-release", false, "do not make the simulated rounds public")
	c.RunE = func(c *cobra.Command, _ []string) error {
		ctx := c.Context()
		return a.inSession(ctx, a.database("sqlite:headway-demo.db"), true, func(s *session) error {
			if _, err := a.seed(ctx, s); err != nil {
				return err
			}
			if _, err := a.simulate(ctx, s, "2023,2025", 7); err != nil {
				return err
			}
			if !noRelease {
				if err := a.release(ctx, s); err != nil {
					return err
				}
			}
			return a.serve(ctx, s, addr)
		})
	}
	return c
}

// The server's patience, in the order of a request's life.
const (
	headerTimeout = 5 * time.Second
	readTimeout   = 30 * time.Second
	writeTimeout  = 60 * time.Second
	idleTimeout   = 2 * time.Minute
	drainTimeout  = 10 * time.Second
	watchEvery    = 5 * time.Second
)

// serve runs the server until the context ends, and then drains it.
func (a *app) serve(ctx context.Context, s *session, addr string) error {
	s.logger = slog.New(slog.NewTextHandler(a.err, &slog.HandlerOptions{Level: slog.LevelInfo}))
	var keys *merkle.Keys
	if k, err := a.keys(); err == nil {
		keys = &k
	} else {
		s.logger.Warn("checkpoints are not signed", "error", err)
	}
	uploads, err := webhttp.NewUploads(a.now)
	if err != nil {
		return err
	}
	defer func() {
		if err := uploads.Close(); err != nil {
			s.logger.Warn("uploads were left behind", "error", err)
		}
	}()
	following, stop := context.WithCancel(ctx)
	defer stop()
	pictures, err := render.New(render.Options{})
	if err != nil {
		return err
	}
	handler, err := webhttp.New(webhttp.Options{Pictures: pictures, Log: s.store, Runner: s.runner, Desk: s.desk, Tokens: s.store, Keys: keys, Documents: a.documents(), Logger: s.logger, Now: a.now, Uploads: uploads, Draining: following.Done()})
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("listen on %s: %w; choose another with --addr", addr, err)
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	defer stop()
	if render.Built() {
		wg.Go(func() {
			if err := pictures.Warm(following); err != nil && following.Err() == nil {
				s.logger.Warn("charts may not be drawn", "error", err)
			}
		})
	}
	if err := a.follow(following, &wg, s); err != nil {
		return errors.Join(err, listener.Close())
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: idleTimeout, ErrorLog: slog.NewLogLogger(s.logger.Handler(), slog.LevelWarn)}
	wg.Go(func() {
		<-following.Done()
		drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
		defer cancel()
		if err := server.Shutdown(drain); err != nil {
			s.logger.Warn("requests under way were cut off", "error", err)
		}
	})
	a.say("Headway serves http://%s (Ctrl-C ends it)", listener.Addr())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

// follow keeps the projections up to date: the relay puts what is appended on the
// bus, the router hands it to the runner.
func (a *app) follow(ctx context.Context, wg *sync.WaitGroup, s *session) error {
	quietly := quiet(a.err)
	channel := gochannel.NewGoChannel(gochannel.Config{OutputChannelBuffer: 1024}, bus.Logger(quietly))
	running := make(chan struct{})
	failed := make(chan error, 1)
	wg.Go(func() {
		err := bus.Follow(ctx, "projections", channel, quietly, running, s.runner.Handle)
		if err != nil && ctx.Err() == nil {
			s.logger.Error("the bus ended; the projections follow the log by looking", "error", err)
		}
		failed <- err
	})
	select {
	case <-running:
	case err := <-failed:
		return err
	}
	at, _ := s.runner.Position()
	relay := &bus.Relay{Log: s.store, Publisher: channel, Logger: s.logger}
	wg.Go(func() {
		if err := relay.Run(ctx, at); err != nil && ctx.Err() == nil {
			s.logger.Error("the relay ended; the projections follow the log by looking", "error", err)
		}
	})
	wg.Go(func() { s.runner.Watch(ctx, watchEvery) })
	return nil
}
