package domain

// FrameworkPublished says that a version of a framework is in use from now on.
// An analyst causes it; a changed text is a new version with a new id.
type FrameworkPublished struct {
	Framework Framework `json:"framework"`
}

func (FrameworkPublished) EventType() string  { return "framework.published" }
func (FrameworkPublished) SchemaVersion() int { return 1 }
