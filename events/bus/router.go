package bus

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/ThreeDotsLabs/watermill/message/router/middleware"

	"headway/events"
)

// Handler takes one event. An error makes the bus hand it over again, a few
// times; then it is dropped, because the log is behind it.
type Handler func(ctx context.Context, e events.Event) error

// Follow hands the events of a subscription to a handler until the context
// ends. Running is closed once events arrive.
func Follow(ctx context.Context, name string, sub message.Subscriber, l *slog.Logger, running chan<- struct{}, h Handler) error {
	router, err := message.NewRouter(message.RouterConfig{CloseTimeout: 5 * time.Second}, Logger(l))
	if err != nil {
		return fmt.Errorf("follow the bus: %w", err)
	}
	router.AddMiddleware(
		drop(l),
		middleware.CorrelationID,
		middleware.Retry{MaxRetries: 3, InitialInterval: 20 * time.Millisecond, Multiplier: 4, Logger: Logger(l)}.Middleware,
		middleware.Recoverer,
	)
	router.AddConsumerHandler(name, Topic, sub, func(m *message.Message) error {
		e, err := Event(m)
		if err != nil {
			return err
		}
		return h(m.Context(), e)
	})
	go func() {
		select {
		case <-router.Running():
			close(running)
		case <-ctx.Done():
		}
	}()
	if err := router.Run(ctx); err != nil {
		return fmt.Errorf("follow the bus: %w", err)
	}
	return nil
}

// drop acknowledges what still fails after the retries: redelivering it for ever
// would hold up what comes behind, and the log has it.
func drop(l *slog.Logger) message.HandlerMiddleware {
	return func(next message.HandlerFunc) message.HandlerFunc {
		return func(m *message.Message) ([]*message.Message, error) {
			out, err := next(m)
			if err != nil {
				l.Error("an event from the bus was not taken; the log has it", "id", m.UUID, "error", err)
				return nil, nil
			}
			return out, nil
		}
	}
}
