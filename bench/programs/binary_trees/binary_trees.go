// Binary trees for the garbage collector.
package main

import (
	"fmt"
	"os"
	"strconv"
)

type Node struct{ left, right *Node }

func build(depth int) *Node {
	if depth == 0 {
		return &Node{}
	}
	return &Node{build(depth - 1), build(depth - 1)}
}

func (n *Node) check() int {
	if n.left == nil {
		return 1
	}
	return 1 + n.left.check() + n.right.check()
}

func main() {
	const least = 4
	most, _ := strconv.Atoi(os.Args[1])
	if most < least+2 {
		most = least + 2
	}
	fmt.Printf("stretch tree of depth %d, check %d\n", most+1, build(most+1).check())
	stays := build(most)
	for depth := least; depth <= most; depth += 2 {
		count, check := 1<<(most-depth+least), 0
		for i := 0; i < count; i++ {
			check += build(depth).check()
		}
		fmt.Printf("%d trees of depth %d, check %d\n", count, depth, check)
	}
	fmt.Printf("long lived tree of depth %d, check %d\n", most, stays.check())
}
