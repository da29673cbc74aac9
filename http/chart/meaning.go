package chart

// Meaning is what a color stands for. Each has one look on all pages: a fill, with
// an outline, and hatching for what is not an answer, so that color is never alone.
type Meaning int

// The meanings of answers.
const (
	MeansInPlace Meaning = iota
	MeansPartial
	MeansNotInPlace
	MeansNoAnswer      // asked, and not answered
	MeansNotApplicable // answered that it does not apply
	MeansNotAsked      // the round did not ask it, or not of this respondent
	MeansHidden        // known, and not shown to this reader
)

// graded is where the meanings of levels begin, and most is how many levels one
// scale can have.
const (
	graded = 1000
	most   = 100
)

// Level is the meaning of the i-th of n levels of a graded scale, or of n stages,
// lowest first.
func Level(i, n int) Meaning { return Meaning(graded + most*n + i) }

// Place is the place of a level among how many; 0 of 0 where the meaning is none.
func (m Meaning) Place() (i, n int) {
	if m < graded {
		return 0, 0
	}
	return int(m-graded) % most, int(m-graded) / most
}

// Key is an entry of a legend.
type Key struct {
	Meaning Meaning
	Label   string
	Letter  string // stands in the cells of a grid that has room for it; "" for none
}

// look is the item style of a meaning.
func (m Meaning) look() map[string]any {
	style := map[string]any{"borderColor": Outline, "borderWidth": 1}
	hatch := func(color string, gap int, turn float64) {
		style["decal"] = map[string]any{"symbol": "rect", "dashArrayX": []any{1, 0}, "dashArrayY": []any{1, gap}, "rotation": turn, "color": color}
	}
	switch {
	case m >= graded:
		n := int(m-graded) / most
		style["color"] = stageColor(int(m-graded)%most, n)
	case m == MeansInPlace:
		style["color"] = InPlace
	case m == MeansPartial:
		style["color"] = Partial
	case m == MeansNotInPlace:
		style["color"] = NotInPlace
	case m == MeansNoAnswer:
		style["color"] = "#ffffff"
		hatch(Outline, 5, 0.785)
	case m == MeansNotApplicable:
		style["color"] = hidden
	case m == MeansNotAsked:
		style["color"], style["borderColor"] = "#ffffff", "#9ca3af"
	default:
		style["color"] = hidden
		hatch(Outline, 5, -0.785)
	}
	return style
}

// mark is what stands in the cells of a grid so that color is not alone: nothing in
// answers, whose colors differ in lightness.
func (m Meaning) mark() string {
	switch m {
	case MeansNoAnswer:
		return "hatch"
	case MeansNotApplicable:
		return "dash"
	case MeansHidden:
		return "cross"
	}
	return ""
}

// dark reports whether light letters are read on a meaning's color.
func (m Meaning) dark() bool {
	if m >= graded {
		n, i := int(m-graded)/most, int(m-graded)%most
		return n > 1 && 3*i >= 2*(n-1)
	}
	return m == MeansInPlace
}

// ink is the color of letters on a meaning's color.
func (m Meaning) ink() string {
	if m.dark() {
		return "#ffffff"
	}
	return "#111827"
}
