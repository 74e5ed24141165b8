// A red-black tree that is changed in place.
package main

import (
	"fmt"
	"os"
	"strconv"
)

type Node struct {
	left, right *Node
	key         int
	red, value  bool
}

func (t *Node) isRed() bool { return t != nil && t.red }

func (t *Node) raiseLeft() *Node {
	l := t.left
	t.left, l.right = l.right, t
	return l
}

func (t *Node) raiseRight() *Node {
	r := t.right
	t.right, r.left = r.left, t
	return r
}

// split makes a red node over two black ones.
func (t *Node) split() *Node {
	t.red, t.left.red, t.right.red = true, false, false
	return t
}

func (t *Node) into(key int, value bool) *Node {
	switch {
	case t == nil:
		return &Node{key: key, red: true, value: value}
	case key == t.key:
		t.value = value
	case key < t.key:
		l := t.left.into(key, value)
		t.left = l
		if !t.red && l.red {
			if l.right.isRed() {
				t.left = l.raiseRight()
				return t.raiseLeft().split()
			}
			if l.left.isRed() {
				return t.raiseLeft().split()
			}
		}
	default:
		r := t.right.into(key, value)
		t.right = r
		if !t.red && r.red {
			if r.left.isRed() {
				t.right = r.raiseLeft()
				return t.raiseRight().split()
			}
			if r.right.isRed() {
				return t.raiseRight().split()
			}
		}
	}
	return t
}

func (t *Node) walk(count, check *int) {
	if t == nil {
		return
	}
	t.left.walk(count, check)
	if t.value {
		*count++
	}
	*check = (*check*31 + t.key) & 0x7fffffff
	t.right.walk(count, check)
}

func treeOf(n int) {
	var tree *Node
	for i := 0; i < n; i++ {
		key := i * 7919 % n
		tree = tree.into(key, key%10 == 0)
		tree.red = false
	}
	count, check := 0, 0
	tree.walk(&count, &check)
	fmt.Printf("%d keys, %d true, check %d\n", n, count, check)
}

func main() {
	n, _ := strconv.Atoi(os.Args[1])
	trees, _ := strconv.Atoi(os.Args[2])
	for i := 0; i < trees; i++ {
		treeOf(n)
	}
}
