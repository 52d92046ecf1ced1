package match

// opinion is a second scorer, a softmax regression with a weight for each feature and entry. Unlike
// terms it learns that a feature speaks for one entry and against another, but it has many weights
// to learn from few phrasings, so it only reorders the entries that terms rank first. w has a row
// of n weights for each feature that has one.
type opinion struct {
	row []int32 // by feature: its row, -1 if one phrasing alone has it
	w   []float32
	n   int
}

const (
	opinionEpochs = 10
	opinionRate   = 1
	opinionShare  = .35     // of its say in the end
	opinionTerms  = .5      // how much of the terms' score it learns on top of
	opinionMost   = 1 << 23 // weights: 32 MB
)

// of returns the weights of a feature, by entry. The feature must have a row.
func (o *opinion) of(f int32) []float32 { return o.w[int(o.row[f])*o.n : int(o.row[f]+1)*o.n] }

// add adds to z what the features say for the entries of top. x holds the weights of the features,
// z runs parallel to top.
func (o *opinion) add(ids []int32, x []float32, top []int32, z []float32) {
	for i, f := range ids {
		if o.row[f] < 0 {
			continue
		}
		w := o.of(f)
		for j, c := range top {
			z[j] += x[i] * w[c]
		}
	}
}
