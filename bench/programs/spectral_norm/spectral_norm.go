// The spectral norm of an infinite matrix, by the power method: sums over slices of doubles.
package main

import (
	"fmt"
	"math"
	"os"
	"strconv"
)

func a(i, j int) float64 { return 1 / float64((i+j)*(i+j+1)/2+i+1) }

func multiplyAv(v, to []float64) {
	for i := range to {
		sum := 0.0
		for j, x := range v {
			sum += a(i, j) * x
		}
		to[i] = sum
	}
}

func multiplyAtv(v, to []float64) {
	for i := range to {
		sum := 0.0
		for j, x := range v {
			sum += a(j, i) * x
		}
		to[i] = sum
	}
}

func multiplyAtAv(v, to, between []float64) {
	multiplyAv(v, between)
	multiplyAtv(between, to)
}

func main() {
	n, _ := strconv.Atoi(os.Args[1])
	u, v, between := make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range u {
		u[i] = 1
	}
	for i := 0; i < 10; i++ {
		multiplyAtAv(u, v, between)
		multiplyAtAv(v, u, between)
	}
	vBv, vv := 0.0, 0.0
	for i := range u {
		vBv += u[i] * v[i]
		vv += v[i] * v[i]
	}
	fmt.Printf("%.9f\n", math.Sqrt(vBv/vv))
}
