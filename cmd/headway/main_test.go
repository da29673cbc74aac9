package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// build makes the program that the scripts run, as anybody does. They start it some
// hundred times: with the race detector, that alone would take minutes. What happens
// within it at the same time is tested in this process (serve_test.go).
func build(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if out, err := exec.Command("go", "build", "-o", filepath.Join(dir, "headway"), ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return dir
}

// headway runs the program.
func headway(ts *testscript.TestScript, neg bool, args []string) {
	switch err := ts.Exec("headway", args...); {
	case err != nil && !neg:
		ts.Fatalf("headway %s: %v", strings.Join(args, " "), err)
	case err == nil && neg:
		ts.Fatalf("headway %s: unexpected success", strings.Join(args, " "))
	}
}

func TestScripts(t *testing.T) {
	path := build(t) + string(os.PathListSeparator) + os.Getenv("PATH")
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"headway":        headway,
			"code":           exitCodeIs,
			"sql":            vandalise,
			"holds":          holds,
			"firstevent":     firstEvent,
			"lastsubmission": lastSubmission,
			"document":       documentOf,
			"spoil":          spoilFiles,
			"tutorial":       tutorial, // tutorial_test.go
			"many":           manyRefused,
			// frameworks_test.go
			"generate": generateAnswers,
			"yearly":   surveyYearly,
			"each":     readsEach,
		},
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", path)
			env.Setenv("HEADWAY_DB", "sqlite:log.db")
			docs, err := filepath.Abs("../../docs")
			env.Setenv("DOCS", docs)
			return err
		},
	})
}

// exitCodeIs runs headway and wants an exit code: code 3 headway import …
func exitCodeIs(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: code N headway …")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if e, ok := err.(interface{ ExitCode() int }); ok {
		got = string(rune('0' + e.ExitCode()))
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != args[0] {
		ts.Fatalf("exit code %s, want %s", got, args[0])
	}
}

// firstEvent puts the id of the first event of a respondent and an indicator into
// $EVENT: firstevent COUNTRY INDICATOR.
func firstEvent(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: firstevent COUNTRY INDICATOR")
	}
	ts.Check(ts.Exec("headway", "history", args[0], args[1], "--json"))
	var rows []struct {
		EventID string `json:"event_id"`
	}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &rows))
	if len(rows) == 0 {
		ts.Fatalf("%s %s has no history", args[0], args[1])
	}
	ts.Setenv("EVENT", rows[0].EventID)
}

// lastSubmission puts the id of the newest submission into $SUBMISSION.
func lastSubmission(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: lastsubmission")
	}
	ts.Check(ts.Exec("headway", "submission", "list", "--json"))
	var rows []struct {
		ID string `json:"submission"`
	}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &rows))
	if len(rows) == 0 {
		ts.Fatalf("nothing was submitted")
	}
	ts.Setenv("SUBMISSION", rows[0].ID)
}

// documentOf puts the SHA-256 of a file into $DOCUMENT: document FILE.
func documentOf(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: document FILE")
	}
	sum := sha256.Sum256([]byte(ts.ReadFile(args[0])))
	ts.Setenv("DOCUMENT", hex.EncodeToString(sum[:]))
}

// spoilFiles changes every file below a folder: spoil DIR.
func spoilFiles(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: spoil DIR")
	}
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		return os.WriteFile(path, []byte("spoilt"), 0o600)
	}))
}

// manyRefused writes a file whose answers are all refused: many FILE ANSWERS.
func manyRefused(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: many FILE ANSWERS")
	}
	var b bytes.Buffer
	b.WriteString("country,indicator,status\n")
	for i := range integer(ts, args[1]) {
		fmt.Fprintf(&b, "KEN,no.such.indicator-%d,in_place\n", i)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b.Bytes(), 0o600))
}

// vandalise runs a statement on a SQLite file without its triggers: sql FILE SQL.
func vandalise(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: sql FILE STATEMENT")
	}
	conn, err := sqlite.OpenConn(ts.MkAbs(args[0]), sqlite.OpenReadWrite)
	ts.Check(err)
	defer func() { ts.Check(conn.Close()) }()
	var drop string
	ts.Check(sqlitex.Execute(conn, "SELECT name FROM sqlite_schema WHERE type = 'trigger'", &sqlitex.ExecOptions{ResultFunc: func(stmt *sqlite.Stmt) error {
		drop += "DROP TRIGGER " + stmt.ColumnText(0) + ";"
		return nil
	}}))
	ts.Check(sqlitex.ExecuteScript(conn, drop+args[1], nil))
}

// TestProcedureForOtherTools runs the script of docs/verification.md on proofs of a
// log, as an auditor without Headway would.
func TestProcedureForOtherTools(t *testing.T) {
	doc, err := os.ReadFile("../../docs/verification.md")
	if err != nil {
		t.Fatal(err)
	}
	_, script, ok := strings.Cut(string(doc), "```bash\n")
	script, _, end := strings.Cut(script, "```")
	if !ok || !end {
		t.Fatal("docs/verification.md has no script")
	}
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	headway := func(args ...string) string {
		var out, errs bytes.Buffer
		args = append(args, "--db", "sqlite:"+filepath.Join(dir, "log.db"), "--keys", filepath.Join(dir, "keys"))
		if code := run(context.Background(), args, nil, &out, &errs); code != 0 {
			t.Fatalf("headway %v: %s", args, &errs)
		}
		return out.String()
	}
	check := file("check.sh", script)
	headway("seed")
	key := file("headway.pub", headway("key", "show"))
	export := strings.Split(headway("export", "events", "-o", "-"), "\n")
	for _, at := range []int{1, 2, 16, 17, len(export) - 1} {
		proof := headway("prove", strconv.Itoa(at))
		out, err := exec.Command("bash", check, file("good", proof), key).Output()
		if err != nil || strings.TrimSuffix(string(out), "\n") != export[at-1] {
			t.Errorf("position %d: %v: %s", at, err, out)
		}
		for name, bad := range map[string]string{
			"index": strings.Replace(proof, fmt.Sprintf("index %d", at-1), fmt.Sprintf("index %d", at), 1),
			"event": strings.Replace(proof, "extra eyJ", "extra eyK", 1),
			"size":  strings.Replace(proof, fmt.Sprintf("\n%d\n", len(export)-1), fmt.Sprintf("\n%d\n", len(export)), 1),
		} {
			if bad == proof {
				t.Fatalf("%s: the proof was not spoilt", name)
			}
			if out, err := exec.Command("bash", check, file("bad", bad), key).Output(); err == nil {
				t.Errorf("position %d, another %s: it holds: %s", at, name, out)
			}
		}
	}
}

// holds looks for a text in a database and in the files beside it: holds FILE TEXT.
func holds(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: [!] holds FILE TEXT")
	}
	files, err := filepath.Glob(ts.MkAbs(args[0]) + "*")
	ts.Check(err)
	found := false
	for _, f := range files {
		data, err := os.ReadFile(f)
		ts.Check(err)
		found = found || bytes.Contains(data, []byte(args[1]))
	}
	if found == neg {
		ts.Fatalf("%q is in %s: %v", args[1], args[0], found)
	}
}
