// Text: strings, which share their bytes when they are cut.
package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

var state uint32 = 42

func next(below int) int {
	state = (state*1103515245 + 12345) & 0x7fffffff
	return int(state>>8) % below
}

func build(n int) string {
	var text strings.Builder
	for i := 0; i < n; i++ {
		if i > 0 {
			text.WriteByte(' ')
		}
		text.WriteByte('w')
		text.WriteString(strconv.Itoa(next(5000)))
	}
	return text.String()
}

func isPalindrome(s string) bool {
	for i, j := 0, len(s)-1; i < j; i, j = i+1, j-1 {
		if s[i] != s[j] {
			return false
		}
	}
	return true
}

func countOf(text, part string) int {
	count := 0
	for {
		at := strings.Index(text, part)
		if at < 0 {
			return count
		}
		count++
		text = text[at+1:]
	}
}

func hash(text string) uint32 {
	value := uint32(2166136261)
	for i := 0; i < len(text); i++ {
		value = (value ^ uint32(text[i])) * 16777619
	}
	return value
}

func main() {
	n, _ := strconv.Atoi(os.Args[1])
	text := build(n)
	words := strings.Split(text, " ")
	sum, palindromes := 0, 0
	for _, word := range words {
		digits := word[1:]
		value, _ := strconv.Atoi(digits)
		sum += value
		if isPalindrome(digits) {
			palindromes++
		}
	}
	last := ""
	for i, word := range words {
		if entry := word + ":" + strconv.Itoa(i); entry > last {
			last = entry
		}
	}
	joined := strings.Join(words, ", ")
	replaced := strings.ReplaceAll(joined, "w1", "word-1")
	upper := strings.ToUpper(replaced)
	fmt.Println(len(text), len(words), sum, palindromes, last)
	fmt.Println(len(joined), len(replaced), countOf(replaced, "99"), hash(upper))
}
