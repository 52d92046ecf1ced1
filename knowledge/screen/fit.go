package screen

import (
	"math"
	"slices"
)

// fit returns the n weights of a logistic regression, found by Newton steps. hold pulls them
// towards zero, which also keeps the equations solvable where a figure is the same in every trial.
// No step moves a weight by more than 2, so that none overshoots.
func fit(ts []trial, n int, hold float64) []float64 {
	w := make([]float64, n)
	for range 20 {
		h := make([][]float64, n)
		for i := range h {
			h[i] = make([]float64, n+1)
			h[i][i] = hold
			h[i][n] = -hold * w[i]
		}
		for _, t := range ts {
			p := logistic(w, t.x)
			for i := range n {
				h[i][n] += t.weight * (truth(t.yes) - p) * t.x[i]
				for j := range n {
					h[i][j] += t.weight * p * (1 - p) * t.x[i] * t.x[j]
				}
			}
		}
		for i, d := range solve(h) {
			w[i] += math.Max(-2, math.Min(2, d))
		}
	}
	return w
}

// trial is a piece of evidence, its outcome and how much it counts.
type trial struct {
	x      []float64
	yes    bool
	weight float64
}

// solve solves the linear equations whose right-hand side is the last column, by elimination
// without pivoting: hold keeps the diagonal above zero. It overwrites h.
func solve(h [][]float64) []float64 {
	n := len(h)
	for i := range n {
		for j := i + 1; j < n; j++ {
			f := h[j][i] / h[i][i]
			for k := i; k <= n; k++ {
				h[j][k] -= f * h[i][k]
			}
		}
	}
	out := make([]float64, n)
	for i := n - 1; i >= 0; i-- {
		out[i] = h[i][n]
		for j := i + 1; j < n; j++ {
			out[i] -= h[i][j] * out[j]
		}
		out[i] /= h[i][i]
	}
	return out
}

// above returns the lowest value that at most a share of the values reach; 1 if there are no
// values, so that nothing untested is ever sure.
func above(values []float64, share float64) float64 {
	if len(values) == 0 {
		return 1
	}
	vs := slices.Sorted(slices.Values(values))
	i := len(vs) - 1 - int(share*float64(len(vs)))
	return math.Nextafter(vs[max(0, i)], 2)
}
