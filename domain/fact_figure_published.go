package domain

// FigurePublished says that a source has published a total. Transcribing the
// source causes it.
type FigurePublished struct {
	Figure Figure `json:"figure"`
}

func (FigurePublished) EventType() string  { return "figure.published" }
func (FigurePublished) SchemaVersion() int { return 1 }
