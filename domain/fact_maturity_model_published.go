package domain

// MaturityModelPublished says that a maturity model can be applied, to every
// round before and after. A methodologist causes it.
type MaturityModelPublished struct {
	Model MaturityModel `json:"model"`
}

func (MaturityModelPublished) EventType() string  { return "maturity_model.published" }
func (MaturityModelPublished) SchemaVersion() int { return 1 }
