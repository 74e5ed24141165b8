// Arrays: sorting, searching, sums, filtering into one that grows, and the game of life on a grid.
package main

import (
	"fmt"
	"os"
	"sort"
	"strconv"
)

const side = 256

var state uint32 = 1

func next(below int) int32 {
	state = (state*1103515245 + 12345) & 0x7fffffff
	return int32(int(state>>8) % below)
}

type Grid [side][side]byte

func step(grid, to *Grid) {
	for y := range to {
		up, here, down := &grid[(y+side-1)%side], &grid[y], &grid[(y+1)%side]
		row := &to[y]
		for x := range row {
			left, right := x-1, x+1
			if x == 0 {
				left = side - 1
			} else if x == side-1 {
				right = 0
			}
			around := up[left] + up[x] + up[right] + here[left] + here[right] + down[left] + down[x] + down[right]
			row[x] = 0
			if around == 3 || around == 2 && here[x] == 1 {
				row[x] = 1
			}
		}
	}
}

func live(rounds int) int {
	grid, other := new(Grid), new(Grid)
	for y := range grid {
		for x := range grid[y] {
			if next(3) == 0 {
				grid[y][x] = 1
			}
		}
	}
	for round := 0; round < rounds; round++ {
		step(grid, other)
		grid, other = other, grid
	}
	alive := 0
	for y := range grid {
		for _, cell := range grid[y] {
			alive += int(cell)
		}
	}
	return alive
}

func numbers(n int) {
	values := make([]int32, n)
	for i := range values {
		values[i] = next(1000000)
	}
	sorted := append([]int32(nil), values...)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i] < sorted[j] })
	found := 0
	for i := 0; i < n; i++ {
		value := next(1000000)
		at := sort.Search(n, func(i int) bool { return sorted[i] >= value })
		if at < n && sorted[at] == value {
			found++
		}
	}
	sums := make([]int64, n+1)
	for i, value := range values {
		sums[i+1] = sums[i] + int64(value)
	}
	windows := int64(0)
	for i := 0; i+100 <= n; i++ {
		windows ^= sums[i+100] - sums[i]
	}
	var even []int32
	for _, value := range values {
		if value%2 == 0 {
			even = append(even, value)
		}
	}
	for i, j := 0, n-1; i < j; i, j = i+1, j-1 {
		values[i], values[j] = values[j], values[i]
	}
	check := int32(0)
	for _, value := range values {
		check = (check*31 + value) & 0x7fffffff
	}
	different := 0
	for i, value := range sorted {
		if i == 0 || value != sorted[i-1] {
			different++
		}
	}
	fmt.Printf("%d different, %d found, windows %d, %d even, check %d\n", different, found, windows, len(even), check)
}

func main() {
	n, _ := strconv.Atoi(os.Args[1])
	rounds, _ := strconv.Atoi(os.Args[2])
	times, _ := strconv.Atoi(os.Args[3])
	for i := 0; i < times; i++ {
		numbers(n)
		fmt.Printf("%d alive\n", live(rounds))
	}
}
