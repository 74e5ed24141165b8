// JSON: an interface for values, a parser by recursive descent, and a writer.
package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Value is nil, bool, int64, string, []Value or []Member.
type Value interface{}
type Member struct {
	name  string
	value Value
}

func makeText(count int) string {
	var s []byte
	s = append(s, `{"records":[`...)
	for i := 0; i < count; i++ {
		if i > 0 {
			s = append(s, ',')
		}
		s = append(s, `{"id":`...)
		s = strconv.AppendInt(s, int64(i), 10)
		s = append(s, `,"name":"item `...)
		s = strconv.AppendInt(s, int64(i), 10)
		s = append(s, `","price":`...)
		s = strconv.AppendInt(s, int64(i*37%1000), 10)
		s = append(s, `,"active":`...)
		s = strconv.AppendBool(s, i%3 == 0)
		s = append(s, `,"parent":null,"tags":["tag`...)
		s = strconv.AppendInt(s, int64(i%10), 10)
		if i%7 == 0 {
			s = append(s, `","a \"b\" \\ c\n"]`...)
		} else {
			s = append(s, `","plain"]`...)
		}
		s = append(s, `,"at":{"x":`...)
		s = strconv.AppendInt(s, int64(i%100), 10)
		s = append(s, `,"y":`...)
		s = strconv.AppendInt(s, int64(-(i%50)-1), 10)
		s = append(s, `}}`...)
	}
	return string(append(s, `]}`...))
}

type Parser struct {
	text string
	at   int
}

func (p *Parser) expect(c byte) {
	if p.text[p.at] != c {
		panic(fmt.Sprintf("%q expected at %d", c, p.at))
	}
	p.at++
}

func (p *Parser) skipComma() {
	if p.text[p.at] == ',' {
		p.at++
	}
}

func (p *Parser) value() Value {
	switch p.text[p.at] {
	case 'n':
		p.at += 4
		return nil
	case 't':
		p.at += 4
		return true
	case 'f':
		p.at += 5
		return false
	case '"':
		return p.string()
	case '[':
		var items []Value
		for p.at++; p.text[p.at] != ']'; p.skipComma() {
			items = append(items, p.value())
		}
		p.at++
		return items
	case '{':
		var members []Member
		for p.at++; p.text[p.at] != '}'; p.skipComma() {
			name := p.string()
			p.expect(':')
			members = append(members, Member{name, p.value()})
		}
		p.at++
		return members
	}
	return p.number()
}

func (p *Parser) number() int64 {
	negative := p.text[p.at] == '-'
	if negative {
		p.at++
	}
	value := int64(0)
	for ; p.text[p.at] >= '0' && p.text[p.at] <= '9'; p.at++ {
		value = value*10 + int64(p.text[p.at]-'0')
	}
	if negative {
		return -value
	}
	return value
}

func (p *Parser) string() string {
	p.expect('"')
	start := p.at
	for p.text[p.at] != '"' && p.text[p.at] != '\\' {
		p.at++
	}
	if p.text[p.at] == '"' {
		p.at++
		return p.text[start : p.at-1]
	}
	var made strings.Builder
	for {
		made.WriteString(p.text[start:p.at])
		if p.text[p.at] == '"' {
			p.at++
			return made.String()
		}
		if c := p.text[p.at+1]; c == 'n' {
			made.WriteByte('\n')
		} else {
			made.WriteByte(c)
		}
		p.at += 2
		for start = p.at; p.text[p.at] != '"' && p.text[p.at] != '\\'; {
			p.at++
		}
	}
}

type Totals struct{ values, sum, letters int64 }

func (t *Totals) walk(value Value) {
	t.values++
	switch v := value.(type) {
	case int64:
		t.sum += v
	case string:
		t.letters += int64(len(v))
	case []Value:
		for _, item := range v {
			t.walk(item)
		}
	case []Member:
		for _, member := range v {
			t.letters += int64(len(member.name))
			t.walk(member.value)
		}
	}
}

func writeText(to []byte, text string) []byte {
	to = append(to, '"')
	start := 0
	for i := 0; i < len(text); i++ {
		var escape string
		switch text[i] {
		case '"':
			escape = `\"`
		case '\\':
			escape = `\\`
		case '\n':
			escape = `\n`
		default:
			continue
		}
		to = append(append(to, text[start:i]...), escape...)
		start = i + 1
	}
	return append(append(to, text[start:]...), '"')
}

func write(to []byte, value Value) []byte {
	switch v := value.(type) {
	case nil:
		return append(to, "null"...)
	case bool:
		return strconv.AppendBool(to, v)
	case int64:
		return strconv.AppendInt(to, v, 10)
	case string:
		return writeText(to, v)
	case []Value:
		to = append(to, '[')
		for i, item := range v {
			if i > 0 {
				to = append(to, ',')
			}
			to = write(to, item)
		}
		return append(to, ']')
	case []Member:
		to = append(to, '{')
		for i, member := range v {
			if i > 0 {
				to = append(to, ',')
			}
			to = append(writeText(to, member.name), ':')
			to = write(to, member.value)
		}
		return append(to, '}')
	}
	panic("no such value")
}

func roundTrip(count int) {
	text := makeText(count)
	parser := Parser{text: text}
	value := parser.value()
	var totals Totals
	totals.walk(value)
	same := "another one"
	if string(write(nil, value)) == text {
		same = "the same"
	}
	fmt.Printf("%d bytes, %d values, sum %d, %d letters; written again: %s\n", len(text), totals.values, totals.sum, totals.letters, same)
}

func main() {
	count, _ := strconv.Atoi(os.Args[1])
	times, _ := strconv.Atoi(os.Args[2])
	for i := 0; i < times; i++ {
		roundTrip(count)
	}
}
