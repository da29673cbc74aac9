package pgtest

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
)

// templates are the databases that are copied, by their names on the server.
var templates struct {
	mu   sync.Mutex
	made map[string][]string // what undoes the preparation
}

// Copy makes a database like Database, as a copy of one that is prepared once for
// the test binary: for what takes longer than a copy. Prepare must close its
// connections; what it returns is run after the last test on a server that goes on
// living, for example to drop roles.
func Copy(t testing.TB, name string, prepare func(t testing.TB, url string) (undo []string)) string {
	t.Helper()
	at := server(t)
	template := fmt.Sprintf("headway_template_%d_%s", os.Getpid(), name)
	templates.mu.Lock()
	defer templates.mu.Unlock()
	if _, ok := templates.made[template]; !ok {
		if err := run(at, "CREATE DATABASE "+pgx.Identifier{template}.Sanitize()+" TEMPLATE template0 ENCODING 'UTF8'"); err != nil {
			t.Fatalf("pgtest: make a template: %v", err)
		}
		url, err := withDatabase(at, template)
		if err != nil {
			t.Fatal(err)
		}
		if templates.made == nil {
			templates.made = map[string][]string{}
		}
		templates.made[template] = nil
		templates.made[template] = prepare(t, url)
	}
	return database(t, at, template)
}

func dropTemplates() (err error) {
	templates.mu.Lock()
	defer templates.mu.Unlock()
	for name, undo := range templates.made {
		for _, sql := range append([]string{"DROP DATABASE " + pgx.Identifier{name}.Sanitize() + " WITH (FORCE)"}, undo...) {
			err = errors.Join(err, run(shared.url, sql))
		}
	}
	return err
}
