package domain_test

import (
	"encoding/json"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// rank orders the folders: a package imports only what ranks below it, or stands
// in the same top folder.
var rank = map[string]int{"migrations": 0, "domain": 0, "events": 1, "seeds": 2, "projections": 2, "http": 3, "cmd": 4}

// TestDependenciesPointOneWay reads the imports of every package, tests left out.
func TestDependenciesPointOneWay(t *testing.T) {
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,Dir", "./...")
	cmd.Dir = filepath.Join("..")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	packages := 0
	for dec := json.NewDecoder(out); ; packages++ {
		var p struct {
			ImportPath, Dir string
			Imports         []string
		}
		if err := dec.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		from := top(p.ImportPath)
		if _, ok := rank[from]; !ok {
			t.Errorf("%s stands in no folder of the design", p.ImportPath)
		}
		if files, err := filepath.Glob(filepath.Join(p.Dir, "doc.go")); err != nil || len(files) != 1 {
			t.Errorf("%s has no doc.go", p.ImportPath)
		}
		for _, i := range p.Imports {
			if !strings.HasPrefix(i, "headway/") {
				continue
			}
			to := top(i)
			if to != from && rank[to] >= rank[from] {
				t.Errorf("%s imports %s: dependencies point the other way", p.ImportPath, i)
			}
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	if packages < 15 {
		t.Errorf("only %d packages were looked at", packages)
	}
}

func top(path string) string {
	parts := strings.Split(path, "/")
	if len(parts) < 2 {
		return path
	}
	return parts[1]
}
