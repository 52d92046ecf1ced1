package match

import (
	"math"
	"sync"
)

// hidden is the score of an entry that is left out, far below what words can give.
const hidden = -1e6

// temperature scales scores to log odds. It needn't fit exactly, because the confidence is
// calibrated afterwards.
const temperature = .25

// softmax turns scores, times scale, into shares that add up to one, in place. Shares below e^-12
// become 0.
func softmax(z []float32, scale float32) {
	top := z[0]
	for _, v := range z {
		top = max(top, v)
	}
	var sum float32
	for c, v := range z {
		d := (v - top) * scale
		if d < -12 {
			z[c] = 0
			continue
		}
		z[c] = exp(d)
		sum += z[c]
	}
	for c := range z {
		z[c] /= sum
	}
}

func exp(x float32) float32 { return float32(math.Exp(float64(x))) }

func sqrt(x float32) float32 { return float32(math.Sqrt(float64(x))) }

// toUnit scales a vector to length one in place and returns the length it had; a zero vector stays.
func toUnit(v []float32) float32 {
	length := sqrt(product(v, v))
	for i := range v {
		v[i] /= max(length, 1e-6)
	}
	return length
}

// product returns the dot product, in four sums that the processor can add in parallel.
func product(a, b []float32) float32 {
	var s [4]float32
	b = b[:len(a)]
	i := 0
	for ; i+4 <= len(a); i += 4 {
		s[0] += a[i] * b[i]
		s[1] += a[i+1] * b[i+1]
		s[2] += a[i+2] * b[i+2]
		s[3] += a[i+3] * b[i+3]
	}
	for ; i < len(a); i++ {
		s[0] += a[i] * b[i]
	}
	return s[0] + s[1] + s[2] + s[3]
}

// parallel runs f over the two halves of 0..n-1 at once and waits for both.
func parallel(n int, f func(from, to int)) {
	var wg sync.WaitGroup
	for h := range 2 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			f(h*n/2, (h+1)*n/2)
		}()
	}
	wg.Wait()
}
