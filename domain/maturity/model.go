package maturity

import (
	"errors"
	"fmt"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/vm"

	"headway/domain"
)

// Unknown is the stage of a respondent with too few answers.
const Unknown = -1

// maxNodes bounds the size of a rule.
const maxNodes = 200

// Model is a maturity model whose rules were checked against its framework. It
// is safe for concurrent use.
type Model struct {
	model     domain.MaturityModel
	framework *domain.Framework
	rules     []*vm.Program // one a stage; nil holds always
	uses      []uses        // what each rule asks of
	units     []unit
}

// unit is what is staged: the columns of its indicators.
type unit struct {
	unit    domain.Unit
	columns []int
}

// Compile checks a model and returns it ready to apply. The error is a Refusal
// that names the stage and what is wrong with its rule.
func Compile(m domain.MaturityModel, f *domain.Framework) (*Model, error) {
	refuse := func(format string, a ...any) error {
		return domain.Refuse(domain.CodeInvalid, fmt.Sprintf("maturity model %s: ", m.ID)+fmt.Sprintf(format, a...), "model", string(m.ID))
	}
	if m.Framework != f.ID {
		return nil, refuse("it is made for framework %s, not %s", m.Framework, f.ID)
	}
	if len(m.Stages) < 2 {
		return nil, refuse("it needs two stages or more, lowest first")
	}
	if m.MinAnswered < 0 || m.MinAnswered > 1 {
		return nil, refuse("min_answered is a share from 0 to 1, not %v", m.MinAnswered)
	}
	c := &Model{model: m, framework: f, rules: make([]*vm.Program, len(m.Stages)), uses: make([]uses, len(m.Stages))}
	seen := map[string]bool{}
	for i, s := range m.Stages {
		if !domain.ValidID(s.ID) || seen[s.ID] {
			return nil, refuse("stage %d needs an id of its own, not %q", i+1, s.ID)
		}
		seen[s.ID] = true
		if s.Rule == "" {
			if i > 0 {
				return nil, refuse("stage %s needs a rule; only the lowest stage has none", s.ID)
			}
			continue
		}
		p, u, err := compileRule(s.Rule, f)
		if err != nil {
			return nil, refuse("rule of stage %s: %v", s.ID, err)
		}
		c.rules[i], c.uses[i] = p, u
	}
	return c, c.addUnits(refuse)
}

func (c *Model) addUnits(refuse func(string, ...any) error) error {
	units := c.model.Units
	if len(units) == 0 {
		units = []domain.Unit{{ID: "all", Name: domain.Text{"en": "All indicators", "ar": "جميع المؤشرات"}}}
	}
	for _, u := range units {
		x := unit{unit: u}
		for _, id := range u.Indicators {
			j := c.framework.IndexOf(id)
			if j < 0 {
				return refuse("unit %s: framework %s has no indicator %s", u.ID, c.framework.ID, id)
			}
			x.columns = append(x.columns, j)
		}
		if len(u.Indicators) == 0 {
			for j, in := range c.framework.Indicators {
				if in.Domain != "" { // a question about the framework itself is no capability
					x.columns = append(x.columns, j)
				}
			}
		}
		c.units = append(c.units, x)
	}
	return nil
}

// compileRule checks types, size and every name in the rule.
func compileRule(rule string, f *domain.Framework) (*vm.Program, uses, error) {
	names := &nameCheck{framework: f, uses: uses{domains: map[string]bool{}, shares: map[string]bool{}, placed: map[int]bool{}, ranked: map[int]bool{}}}
	p, err := expr.Compile(rule, expr.Env(environment{}), expr.AsBool(), expr.MaxNodes(maxNodes), expr.DisableAllBuiltins(), expr.Patch(names))
	if err != nil {
		return nil, uses{}, err
	}
	return p, names.uses, names.err
}

// uses is what a rule asks of by name: everything else it sees only in the shares
// of a unit.
type uses struct {
	domains map[string]bool
	shares  map[string]bool // of the domains, those whose share it asks
	whole   bool            // it asks the share of the unit
	placed  map[int]bool    // columns it asks in_place of
	ranked  map[int]bool    // columns it asks the rank of
}

// CheckRule reports what is wrong with a rule over a framework, or nil.
func CheckRule(rule string, f *domain.Framework) error {
	_, _, err := compileRule(rule, f)
	return err
}

// nameCheck finds names of domains and indicators that the framework has not: a
// rule over a mistyped name would never hold, silently.
type nameCheck struct {
	framework *domain.Framework
	uses      uses
	err       error
}

func (n *nameCheck) Visit(node *ast.Node) {
	call, ok := (*node).(*ast.CallNode)
	if !ok || n.err != nil {
		return
	}
	callee, ok := call.Callee.(*ast.IdentifierNode)
	if !ok {
		n.err = errors.New("call functions by their names")
		return
	}
	n.uses.whole = n.uses.whole || callee.Value == "share" && len(call.Arguments) == 0
	for _, arg := range call.Arguments {
		s, ok := arg.(*ast.StringNode)
		if !ok {
			n.err = fmt.Errorf("%s takes a name in quotes", callee.Value)
			return
		}
		switch callee.Value {
		case "in_place", "rank", "before_in_place":
			j := n.framework.IndexOf(domain.IndicatorID(s.Value))
			if j < 0 {
				n.err = fmt.Errorf("framework %s has no indicator %q", n.framework.ID, s.Value)
				return
			}
			switch callee.Value {
			case "in_place":
				n.uses.placed[j] = true
			case "rank":
				n.uses.ranked[j] = true
			}
		default:
			if !hasDomain(n.framework, s.Value) {
				n.err = fmt.Errorf("framework %s has no domain %q", n.framework.ID, s.Value)
				return
			}
			n.uses.domains[s.Value] = true
			n.uses.shares[s.Value] = n.uses.shares[s.Value] || callee.Value == "share"
		}
	}
}

func hasDomain(f *domain.Framework, id string) bool {
	for _, d := range f.Domains {
		if d.ID == id {
			return true
		}
	}
	return false
}

// Definition is the model as published.
func (c *Model) Definition() domain.MaturityModel { return c.model }

// Units are what is staged.
func (c *Model) Units() []domain.Unit {
	out := make([]domain.Unit, len(c.units))
	for i, u := range c.units {
		out[i] = u.unit
	}
	return out
}
