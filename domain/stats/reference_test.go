package stats

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

// record is a row of a table of values made by other programs; the head of each
// table says which, and testdata/reference.py and reference.R how.
type record struct {
	t    *testing.T
	line string
	cell map[string]string
}

func (r record) float(name string) float64 {
	v, err := strconv.ParseFloat(r.cell[name], 64)
	if err != nil {
		r.t.Fatalf("%s: %s: %v", r.line, name, err)
	}
	return v
}

func (r record) int(name string) int {
	v, err := strconv.Atoi(r.cell[name])
	if err != nil {
		r.t.Fatalf("%s: %s: %v", r.line, name, err)
	}
	return v
}

func (r record) steps() []int {
	var out []int
	for _, s := range strings.Fields(r.cell["steps"]) {
		v, err := strconv.Atoi(s)
		if err != nil {
			r.t.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}

// same compares by size where the value is small, as a p-value is.
func (r record) same(name string, got, within float64) {
	r.t.Helper()
	want := r.float(name)
	if math.IsNaN(want) && math.IsNaN(got) {
		return
	}
	if !(math.Abs(got-want) <= within*min(1, max(math.Abs(want), 1e-300))) && !(math.Abs(got-want) <= 1e-15) {
		r.t.Errorf("%s: %s = %v, the table has %v", r.line, name, got, want)
	}
}

func table(t *testing.T, name string, check func(record)) {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in := csv.NewReader(f)
	in.Comment = '#'
	rows, err := in.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) < 20 {
		t.Fatalf("%s has %d rows", name, len(rows))
	}
	for _, row := range rows[1:] {
		cell := map[string]string{}
		for i, v := range row {
			cell[rows[0][i]] = v
		}
		check(record{t, name + ": " + strings.Join(row, ","), cell})
	}
}

func TestWilsonReference(t *testing.T) {
	table(t, "wilson.csv", func(r record) {
		z := distuv.UnitNormal.Quantile(0.5 + r.float("level")/2)
		got := Wilson(r.int("count"), r.int("n"), z)
		near(t, r.line, got.Low, r.float("low"), 1e-12)
		near(t, r.line, got.High, r.float("high"), 1e-12)
	})
}

func TestNewcombeReference(t *testing.T) {
	table(t, "newcombe.csv", func(r record) {
		got := Newcombe(r.int("from_count"), r.int("from_n"), r.int("to_count"), r.int("to_n"), Z95)
		near(t, r.line, got.Low, r.float("low"), 1e-12)
		near(t, r.line, got.High, r.float("high"), 1e-12)
	})
}

func TestNewcombePairedReference(t *testing.T) {
	table(t, "newcombe-paired.csv", func(r record) {
		got := NewcombePaired(Pairs{r.int("both"), r.int("gained"), r.int("lost"), r.int("neither")}, Z95)
		near(t, r.line, got.Low, r.float("low"), 1e-12)
		near(t, r.line, got.High, r.float("high"), 1e-12)
	})
}

func TestMcNemarReference(t *testing.T) {
	table(t, "mcnemar.csv", func(r record) {
		r.same("exact", McNemar(r.int("gained"), r.int("lost")), 1e-13)
		r.same("mid_p", McNemarMidP(r.int("gained"), r.int("lost")), 1e-13)
	})
}

func TestSignReference(t *testing.T) {
	table(t, "sign.csv", func(r record) {
		r.same("p", SignTest(r.int("up"), r.int("down"), r.int("ties")).P, 1e-12)
	})
}

func TestWilcoxonReference(t *testing.T) {
	for _, c := range []struct {
		name   string
		within float64
		exact  bool
	}{
		{"wilcoxon-enumerated.csv", 1e-15, true},
		{"wilcoxon-untied.csv", 1e-12, true},
		{"wilcoxon-graded.csv", 1e-9, true},
		{"wilcoxon-large.csv", 1e-12, false},
	} {
		table(t, c.name, func(r record) {
			got := Wilcoxon(r.steps())
			r.same("p", got.P, c.within)
			near(t, r.line, got.WPlus, r.float("w_plus"), 0)
			if got.Exact != c.exact {
				t.Errorf("%s: exact is %v", r.line, got.Exact)
			}
			pratt := WilcoxonPratt(r.steps())
			if _, ok := r.cell["pratt_p"]; ok {
				r.same("pratt_p", pratt.P, c.within)
			}
			if _, ok := r.cell["pratt_w_plus"]; ok {
				near(t, r.line, pratt.WPlus, r.float("pratt_w_plus"), 0)
			}
		})
	}
}

func TestHolmReference(t *testing.T) {
	sets, records := map[string][]float64{}, map[string][]record{}
	table(t, "holm.csv", func(r record) {
		id := r.cell["set"]
		sets[id] = append(sets[id], r.float("p"))
		records[id] = append(records[id], r)
	})
	for id, p := range sets {
		for i, v := range Holm(p) {
			records[id][i].same("adjusted", v, 1e-12)
		}
	}
}
