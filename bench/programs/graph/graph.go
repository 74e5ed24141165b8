// Graphs whose nodes refer to each other in both directions, for the garbage collector.
package main

import (
	"fmt"
	"os"
	"strconv"
)

var state uint32 = 3

func next(below int) int {
	state = (state*1103515245 + 12345) & 0x7fffffff
	return int(state>>8) % below
}

type Node struct {
	id, distance int
	edges        []*Node
}

func connect(a, b *Node) {
	a.edges = append(a.edges, b)
	b.edges = append(b.edges, a)
}

func build(count int) []*Node {
	nodes := make([]*Node, count)
	for i := range nodes {
		nodes[i] = &Node{id: i, distance: -1}
	}
	for i := 1; i < count; i++ {
		connect(nodes[i], nodes[next(i)])
		connect(nodes[i], nodes[next(count)])
	}
	return nodes
}

func search(start *Node) int {
	start.distance = 0
	check := 0
	for queue := []*Node{start}; len(queue) > 0; queue = queue[1:] {
		node := queue[0]
		check = (check*31 + node.id + node.distance) & 0x7fffffff
		for _, next := range node.edges {
			if next.distance < 0 {
				next.distance = node.distance + 1
				queue = append(queue, next)
			}
		}
	}
	return check
}

func main() {
	rounds, _ := strconv.Atoi(os.Args[1])
	count, _ := strconv.Atoi(os.Args[2])
	check := 0
	for round := 0; round < rounds; round++ {
		nodes := build(count)
		check ^= search(nodes[0])
	}
	fmt.Printf("%d graphs of %d nodes, check %d\n", rounds, count, check)
}
