package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/ThreeDotsLabs/watermill"
	"github.com/ThreeDotsLabs/watermill/message"

	"headway/events"
)

// Topic is where the relay publishes.
const Topic = "headway.events"

// Relay publishes the events of a log, each at least once and in order, as long
// as it runs. It has no memory of its own: what was missed while it was down is
// in the log.
type Relay struct {
	Log       events.Log
	Publisher message.Publisher
	Logger    *slog.Logger
	Backoff   time.Duration // pause after a failed read or publish; 0 is one second
}

// Run publishes the events after a position until the context ends, and then
// returns nil. A log or a broker that fails is tried again.
func (r *Relay) Run(ctx context.Context, after events.Position) error {
	pause := r.Backoff
	if pause == 0 {
		pause = time.Second
	}
	for ctx.Err() == nil {
		var err error
		if after, err = r.publish(ctx, after); err == nil {
			err = r.Log.Wait(ctx, after)
		}
		if errors.Is(err, events.ErrClosed) {
			return fmt.Errorf("relay: %w", err)
		}
		if err != nil && ctx.Err() == nil {
			r.Logger.Warn("the relay will try again", "position", after, "error", err)
			select {
			case <-ctx.Done():
			case <-time.After(pause):
			}
		}
	}
	return nil
}

func (r *Relay) publish(ctx context.Context, after events.Position) (events.Position, error) {
	for e, err := range r.Log.Read(ctx, after, events.Filter{}) {
		if err != nil {
			return after, fmt.Errorf("relay: read the log: %w", err)
		}
		m := Message(e)
		if err := r.Publisher.Publish(Topic, m); err != nil {
			return after, fmt.Errorf("relay: publish event %d: %w", e.Position, err)
		}
		after = e.Position
	}
	return after, nil
}

// Message is an event as a watermill message; its UUID is the event's id.
func Message(e events.Event) *message.Message {
	m := message.NewMessage(e.ID.String(), events.MarshalCloudEvent(e))
	m.Metadata.Set("content-type", "application/cloudevents+json")
	m.Metadata.Set("type", e.Type)
	if e.CorrelationID != "" {
		m.Metadata.Set("correlation_id", e.CorrelationID)
	}
	return m
}

// Event undoes Message.
func Event(m *message.Message) (events.Event, error) {
	e, err := events.UnmarshalCloudEvent(m.Payload)
	if err != nil {
		return events.Event{}, fmt.Errorf("message %s: %w", m.UUID, err)
	}
	return e, nil
}

// Logger makes watermill log to slog.
func Logger(l *slog.Logger) watermill.LoggerAdapter { return watermill.NewSlogLogger(l) }
