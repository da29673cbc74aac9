package seeds

import (
	"bytes"
	"flag"
	"fmt"
	"math"
	"os"
	"testing"

	"headway/domain"
)

var update = flag.Bool("update", false, "write docs/baseline-2021.md")

// TestBaselineDocument keeps docs/baseline-2021.md true to the data.
func TestBaselineDocument(t *testing.T) {
	set := load(t)
	list, err := Simulation{Seed: 7, Actor: "simulator", Now: now}.Events()
	if err != nil {
		t.Fatal(err)
	}
	s := fold(t, &set.Framework, list)
	var b bytes.Buffer
	fmt.Fprintf(&b, "# The 2021 baseline, figure by figure\nWritten from `seeds/data` by `go test ./seeds -run Baseline -update`. Source: %s. "+
		"*Simulated* is what the 42 anonymous respondents of `headway simulate --seed 7` come to; it says nothing about any country.\n\n", set.Framework.Source.Document)
	fmt.Fprintln(&b, "| figure | among | published | printed % | arithmetic % | simulated | remark |\n|---|---|---|---|---|---|---|")
	for _, f := range set.Figures {
		fig := f.Figure
		printed, arithmetic := "–", 100*float64(fig.Count)/float64(fig.Denominator)
		remark := fig.Note
		if fig.StatedPercent != nil {
			printed = fmt.Sprintf("%g", *fig.StatedPercent)
			if math.Round(arithmetic) != *fig.StatedPercent {
				remark = "**Printed and arithmetic differ.** " + remark
			}
		}
		count, n, ok := domain.ComputeFigure(fig, s)
		if !ok || count != fig.Count || n != fig.Denominator {
			t.Errorf("%s: simulated %d of %d", fig.ID, count, n)
		}
		fmt.Fprintf(&b, "| %s | %s | %d of %d | %s | %.2f | %d of %d | %s |\n", fig.ID, fig.Population, fig.Count, fig.Denominator, printed, arithmetic, count, n, remark)
	}
	const path = "../docs/baseline-2021.md"
	if *update {
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(want, b.Bytes()) {
		t.Errorf("%s is not what the data say (%v); run go test ./seeds -run Baseline -update", path, err)
	}
}
