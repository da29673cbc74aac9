package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// The survey that the scripts make up: nobody's answers.
const surveyed = 200

// madeUp is the code of the i-th respondent: one that ISO leaves to users.
func madeUp(i int) string { return fmt.Sprintf("X%c%c", 'A'+i/26, 'A'+i%26) }

// generateAnswers writes a wide CSV file a year, of 200 respondents on a scale
// from 1 to 5: generate PREFIX FIRST LAST SEED INDICATOR…. What was answered
// drifts upwards; one in twenty does not answer.
func generateAnswers(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 5 {
		ts.Fatalf("usage: generate PREFIX FIRST LAST SEED INDICATOR…")
	}
	first, last, seed := integer(ts, args[1]), integer(ts, args[2]), integer(ts, args[3])
	random := rand.New(rand.NewPCG(uint64(seed), 0))
	level := make([]int, surveyed*(len(args)-4))
	for i := range level {
		level[i] = 1 + random.IntN(4)
	}
	for year := first; year <= last; year++ {
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		ts.Check(w.Write(append([]string{"country"}, args[4:]...)))
		for i := range surveyed {
			row := []string{madeUp(i)}
			for j := range args[4:] {
				at := &level[i*(len(args)-4)+j]
				if year > first && random.IntN(5) == 0 {
					*at = min(5, *at+1)
				}
				answer := strconv.Itoa(*at)
				if random.IntN(20) == 0 {
					answer = "no_answer"
				}
				row = append(row, answer)
			}
			ts.Check(w.Write(row))
		}
		w.Flush()
		ts.Check(w.Error())
		ts.Check(os.WriteFile(ts.MkAbs(fmt.Sprintf("%s-%d.csv", args[0], year)), b.Bytes(), 0o600))
	}
}

// surveyYearly opens a round a year, enrols the 200 in the first and keeps them,
// or those of another round, and imports the file of each: yearly PREFIX FRAMEWORK
// FIRST LAST [ROUND].
func surveyYearly(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 4 || len(args) > 5 {
		ts.Fatalf("usage: yearly PREFIX FRAMEWORK FIRST LAST [ROUND]")
	}
	prefix, framework, of := args[0], args[1], ""
	if len(args) == 5 {
		of = args[4]
	}
	first, last := integer(ts, args[2]), integer(ts, args[3])
	for year := first; year <= last; year++ {
		round, date := fmt.Sprintf("%s-%d", prefix, year), strconv.Itoa(year)
		open := []string{"round", "open", round, "--framework", framework, "--reference-date", date}
		if of != "" {
			open = append(open, "--respondents-of", of)
		}
		printed(ts, open...)
		if of == "" {
			who := "country,income\n"
			for i := range surveyed {
				who += madeUp(i) + "," + []string{"high", "low"}[i%2] + "\n"
			}
			ts.Check(os.WriteFile(ts.MkAbs("respondents.csv"), []byte(who), 0o600))
			printed(ts, "round", "enrol", round, "--file", "respondents.csv")
		}
		of = round
		printed(ts, "import", ts.MkAbs(round+".csv"), "--round", round, "--framework", framework)
	}
}

// printed runs the program and returns what it prints.
func printed(ts *testscript.TestScript, args ...string) string {
	headway(ts, false, args)
	return ts.ReadFile("stdout")
}

// readsEach runs a command for each {year} of FIRST to LAST that its arguments name,
// and wants it to say something of every indicator: each FIRST LAST headway …
func readsEach(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 4 {
		ts.Fatalf("usage: each FIRST LAST headway …")
	}
	first, last := integer(ts, args[0]), integer(ts, args[1])
	for year := first; year <= last; year++ {
		command := strings.ReplaceAll(strings.Join(args[3:], "\x00"), "{year}", strconv.Itoa(year))
		out := printed(ts, strings.Split(command, "\x00")...)
		if strings.Count(out, "\n") < 20 {
			ts.Fatalf("headway %v in %d says too little:\n%s", args[3:], year, out)
		}
	}
}

func integer(ts *testscript.TestScript, s string) int {
	n, err := strconv.Atoi(s)
	ts.Check(err)
	return n
}

// TestDocumentedFrameworks publishes the frameworks of docs/frameworks.md, in order.
func TestDocumentedFrameworks(t *testing.T) {
	doc, err := os.ReadFile("../../docs/frameworks.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	blocks := strings.Split(string(doc), "```yaml\n")[1:]
	if len(blocks) != 3 {
		t.Fatalf("%d frameworks", len(blocks))
	}
	for i, b := range blocks {
		text, _, _ := strings.Cut(b, "```")
		path := filepath.Join(dir, fmt.Sprintf("%d.yaml", i))
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		var out, errs bytes.Buffer
		if code := run(context.Background(), []string{"framework", "publish", path, "--db", "sqlite:" + filepath.Join(dir, "log.db")}, nil, &out, &errs); code != 0 {
			t.Errorf("framework %d: %s", i+1, &errs)
		}
	}
}
