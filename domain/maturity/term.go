package maturity

import (
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
)

// Term is a rule taken apart, so that pages can say it in words.
type Term struct {
	// Op is "and", "or" or "not" of Terms; else what of the respondent is asked: the
	// name of a function of rules.
	Op    string
	Terms []Term
	Name  string  // the domain or indicator it is asked of; "" is the whole unit
	Than  string  // >=, >, <=, <, == or !=; "" where the function itself is the answer
	Value float64 // what it is compared with
}

// Terms takes the rule of a stage apart; false where the rule has parts that no
// words are made for, such as arithmetic. A stage without a rule has no terms.
func (c *Model) Terms(stage int) (Term, bool) {
	rule := c.model.Stages[stage].Rule
	if rule == "" {
		return Term{Op: "and"}, true
	}
	tree, err := parser.Parse(rule)
	if err != nil {
		return Term{}, false // compiled, and yet of another grammar: the rule itself says it
	}
	return termOf(tree.Node)
}

func termOf(n ast.Node) (Term, bool) {
	switch n := n.(type) {
	case *ast.CallNode:
		return callTerm(n)
	case *ast.UnaryNode:
		if t, ok := termOf(n.Node); ok && (n.Operator == "!" || n.Operator == "not") {
			return Term{Op: "not", Terms: []Term{t}}, true
		}
	case *ast.BinaryNode:
		switch n.Operator {
		case "&&", "and":
			return joined("and", n)
		case "||", "or":
			return joined("or", n)
		}
		return compared(n)
	}
	return Term{}, false
}

func callTerm(n *ast.CallNode) (Term, bool) {
	f, ok := n.Callee.(*ast.IdentifierNode)
	if !ok || len(n.Arguments) > 1 {
		return Term{}, false
	}
	t := Term{Op: f.Value}
	for _, a := range n.Arguments {
		s, ok := a.(*ast.StringNode)
		if !ok {
			return Term{}, false
		}
		t.Name = s.Value
	}
	return t, true
}

// joined flattens a chain of the same operator.
func joined(op string, n *ast.BinaryNode) (Term, bool) {
	out := Term{Op: op}
	for _, side := range []ast.Node{n.Left, n.Right} {
		t, ok := termOf(side)
		if !ok {
			return Term{}, false
		}
		if t.Op == op {
			out.Terms = append(out.Terms, t.Terms...)
		} else {
			out.Terms = append(out.Terms, t)
		}
	}
	return out, true
}

// compared is a function compared with a number, whichever side it stands on.
func compared(n *ast.BinaryNode) (Term, bool) {
	than, turned := n.Operator, map[string]string{">=": "<=", ">": "<", "<=": ">=", "<": ">", "==": "==", "!=": "!="}
	if turned[than] == "" {
		return Term{}, false
	}
	left, right := n.Left, n.Right
	if _, ok := number(left); ok {
		left, right, than = right, left, turned[than]
	}
	call, ok := left.(*ast.CallNode)
	if !ok {
		return Term{}, false
	}
	v, ok := number(right)
	if !ok {
		return Term{}, false
	}
	t, ok := callTerm(call)
	t.Than, t.Value = than, v
	return t, ok
}

func number(n ast.Node) (float64, bool) {
	switch n := n.(type) {
	case *ast.IntegerNode:
		return float64(n.Value), true
	case *ast.FloatNode:
		return n.Value, true
	}
	return 0, false
}
