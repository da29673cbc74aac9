package measure

// Row is one thing measured. Its JSON is a promise.
type Row struct {
	Name   string   `json:"name"` // "single-64"
	What   string   `json:"what"` // in words
	Rate   *float64 `json:"rate"` // a second, the median; null where it was not measured
	Unit   string   `json:"unit"`
	Ratios []Ratio  `json:"ratios"`
}

// Ratio is a rate by another one of the same turn: the median over all turns.
type Ratio struct {
	To    string   `json:"to"` // Name of the other row
	Ratio float64  `json:"ratio"`
	Low   float64  `json:"low"` // over the turns
	High  float64  `json:"high"`
	Aim   *float64 `json:"aim"` // at least; null where there is none
	Met   *bool    `json:"met"`
}

// The aims of the project.
const (
	aim64     = 12.0
	aim512    = 20.0
	aimBatch  = 0.7
	aimVerify = 0.5
)

// row makes a row of what was timed.
func (t timings) row(name, what, unit string, ratios ...Ratio) Row {
	rate := median(t[name])
	r := Row{Name: name, What: what, Rate: &rate, Unit: unit, Ratios: ratios}
	if r.Ratios == nil {
		r.Ratios = []Ratio{}
	}
	return r
}

// ratio compares two contenders turn by turn; an aim of 0 is none.
func (t timings) ratio(name, to string, aim float64) Ratio {
	list := make([]float64, len(t[name]))
	for i := range list {
		list[i] = t[name][i] / t[to][i]
	}
	r := Ratio{To: to, Ratio: median(list), Low: list[0], High: list[0]}
	for _, x := range list {
		r.Low, r.High = min(r.Low, x), max(r.High, x)
	}
	if aim > 0 {
		met := r.Ratio >= aim
		r.Aim, r.Met = &aim, &met
	}
	return r
}
