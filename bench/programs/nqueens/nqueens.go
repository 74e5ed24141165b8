// The queens of a board: solutions are lists that share their tails.
package main

import (
	"fmt"
	"os"
	"strconv"
)

type Queens struct {
	row  int
	rest *Queens
}

func isSafe(row int, queens *Queens) bool {
	distance := 1
	for q := queens; q != nil; q = q.rest {
		if q.row == row || q.row == row+distance || q.row == row-distance {
			return false
		}
		distance++
	}
	return true
}

// The newest solution is the last one.
func place(n, columns int) []*Queens {
	if columns == 0 {
		return []*Queens{nil}
	}
	before := place(n, columns-1)
	var found []*Queens
	for i := len(before) - 1; i >= 0; i-- {
		for row := n; row >= 1; row-- {
			if isSafe(row, before[i]) {
				found = append(found, &Queens{row, before[i]})
			}
		}
	}
	return found
}

func main() {
	n, _ := strconv.Atoi(os.Args[1])
	solutions := place(n, n)
	check := 0
	for i := len(solutions) - 1; i >= 0; i-- {
		for q := solutions[i]; q != nil; q = q.rest {
			check = (check*31 + q.row) & 0x7fffffff
		}
	}
	fmt.Printf("%d queens: %d solutions, check %d\n", n, len(solutions), check)
}
