package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/xuri/excelize/v2"
)

// tutorial runs a page of the documentation: tutorial FILE. Its blocks of shell are
// run one after the other, with the variables of those before; each line of the
// block of text that follows must stand in their output, in that order, … for
// anything. A comment "fill FILE SHEET INDICATOR ANSWER NOTE" fills in a form as a
// person does, and "save FILE" has LibreOffice write it anew.
func tutorial(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: tutorial FILE")
	}
	page, err := os.ReadFile(args[0])
	ts.Check(err)
	output, n := "", 0
	for _, m := range step.FindAllStringSubmatch(string(page), -1) {
		switch {
		case m[1] == "sh":
			n++
			output = runBlock(ts, m[2], n)
		case m[1] == "text":
			wantLines(ts, m[2], output, n)
		default:
			runComment(ts, m[3])
		}
	}
	if n < 8 {
		ts.Fatalf("only %d blocks were run", n)
	}
}

var step = regexp.MustCompile("(?ms)^```(sh|text)\n(.*?)^```$|^<!-- (.*?) -->$")

// runBlock runs a block in bash and returns what it printed, on either stream.
func runBlock(ts *testscript.TestScript, block string, n int) string {
	script := "set -uo pipefail\n[ -f .vars ] && . ./.vars\nset -e\nexec 2>&1\n" + block +
		"\ndeclare -p HEADWAY_DB IMPORTED CORRECTED EVENT SUBMISSION 2>/dev/null | sed 's/^declare -[-x]* /export /' > .vars || true\n"
	file := ts.MkAbs(fmt.Sprintf("block-%d.sh", n))
	ts.Check(os.WriteFile(file, []byte(script), 0o600))
	err := ts.Exec("bash", file)
	out := ts.ReadFile("stdout")
	if err != nil {
		ts.Fatalf("block %d: %v\n%s\n%s", n, err, block, out)
	}
	return out
}

func wantLines(ts *testscript.TestScript, want, output string, n int) {
	rest := output
	for line := range strings.Lines(want) {
		pattern := strings.ReplaceAll(regexp.QuoteMeta(strings.TrimSpace(line)), "…", ".*")
		at := regexp.MustCompile(strings.ReplaceAll(pattern, `\ .*\ `, ` .*\s*`)).FindStringIndex(rest)
		if at == nil {
			ts.Fatalf("block %d does not print %q, or not there:\n%s", n, strings.TrimSpace(line), output)
		}
		rest = rest[at[1]:]
	}
}

var word = regexp.MustCompile(`"[^"]*"|\S+`)

func runComment(ts *testscript.TestScript, text string) {
	args := word.FindAllString(text, -1)
	for i := range args {
		args[i] = strings.Trim(args[i], `"`)
	}
	switch {
	case len(args) == 6 && args[0] == "fill":
		fillIn(ts, ts.MkAbs(args[1]), args[2], args[3], args[4], args[5])
	case len(args) == 2 && args[0] == "save":
		saveInOffice(ts, ts.MkAbs(args[1]))
	}
}

// fillIn writes an answer and a note into the row of an indicator.
func fillIn(ts *testscript.TestScript, file, sheet, indicator, answer, note string) {
	x, err := excelize.OpenFile(file)
	ts.Check(err)
	defer func() { ts.Check(x.Close()) }()
	rows, err := x.GetRows(sheet)
	ts.Check(err)
	for i, r := range rows {
		if len(r) > 0 && r[0] == indicator {
			ts.Check(x.SetCellStr(sheet, fmt.Sprintf("C%d", i+1), answer))
			ts.Check(x.SetCellStr(sheet, fmt.Sprintf("E%d", i+1), note))
			ts.Check(x.Save())
			return
		}
	}
	ts.Fatalf("sheet %s asks nothing of %s", sheet, indicator)
}

// saveInOffice opens a workbook in LibreOffice, which writes it anew.
func saveInOffice(ts *testscript.TestScript, file string) {
	office, err := exec.LookPath("soffice")
	if err != nil {
		ts.Fatalf("LibreOffice is not installed; run: .ci/install office")
	}
	out := ts.MkAbs("edited")
	ts.Check(ts.Exec(office, "-env:UserInstallation=file://"+ts.MkAbs("office"), "--headless", "--calc", "--convert-to", "xlsx", "--outdir", out, file))
	edited := filepath.Join(out, filepath.Base(file))
	if _, err := os.Stat(edited); err != nil {
		ts.Fatalf("LibreOffice wrote nothing: %s", ts.ReadFile("stderr"))
	}
	ts.Check(os.Rename(edited, file))
}
