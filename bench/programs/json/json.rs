// JSON: an enum for values, a parser by recursive descent over bytes, and a writer.
use std::fmt::Write;

enum Json {
    Null,
    Bool(bool),
    Number(i64),
    Text(String),
    Items(Vec<Json>),
    Object(Vec<(String, Json)>),
}

fn make(count: i64) -> String {
    let mut s = String::from("{\"records\":[");
    for i in 0..count {
        if i > 0 {
            s.push(',');
        }
        let (price, active) = (i * 37 % 1000, i % 3 == 0);
        let (tag, x, y) = (i % 10, i % 100, -(i % 50) - 1);
        let other = if i % 7 == 0 { "a \\\"b\\\" \\\\ c\\n" } else { "plain" };
        write!(
            s,
            "{{\"id\":{i},\"name\":\"item {i}\",\"price\":{price},\"active\":{active},\"parent\":null,\
             \"tags\":[\"tag{tag}\",\"{other}\"],\"at\":{{\"x\":{x},\"y\":{y}}}}}"
        )
        .unwrap();
    }
    s.push_str("]}");
    s
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl Parser<'_> {
    fn peek(&self) -> u8 {
        self.text.as_bytes()[self.at]
    }

    fn expect(&mut self, c: u8) {
        assert_eq!(self.peek(), c);
        self.at += 1;
    }

    /// Whether the list goes on; passes a comma, or the end.
    fn more(&mut self, end: u8) -> bool {
        if self.peek() == b',' {
            self.at += 1;
        }
        let more = self.peek() != end;
        self.at += usize::from(!more);
        more
    }

    fn value(&mut self) -> Json {
        match self.peek() {
            b'n' => {
                self.at += 4;
                Json::Null
            }
            b't' => {
                self.at += 4;
                Json::Bool(true)
            }
            b'f' => {
                self.at += 5;
                Json::Bool(false)
            }
            b'"' => Json::Text(self.string()),
            b'[' => {
                self.at += 1;
                let mut items = Vec::new();
                while self.more(b']') {
                    items.push(self.value());
                }
                Json::Items(items)
            }
            b'{' => {
                self.at += 1;
                let mut members = Vec::new();
                while self.more(b'}') {
                    let name = self.string();
                    self.expect(b':');
                    members.push((name, self.value()));
                }
                Json::Object(members)
            }
            _ => Json::Number(self.number()),
        }
    }

    fn number(&mut self) -> i64 {
        let negative = self.peek() == b'-';
        self.at += usize::from(negative);
        let mut value = 0;
        while self.peek().is_ascii_digit() {
            value = value * 10 + i64::from(self.peek() - b'0');
            self.at += 1;
        }
        if negative { -value } else { value }
    }

    fn string(&mut self) -> String {
        self.expect(b'"');
        let mut made = String::new();
        loop {
            let start = self.at;
            while !matches!(self.peek(), b'"' | b'\\') {
                self.at += 1;
            }
            made.push_str(&self.text[start..self.at]);
            self.at += 1;
            if self.text.as_bytes()[self.at - 1] == b'"' {
                return made;
            }
            made.push(if self.peek() == b'n' { '\n' } else { self.peek() as char });
            self.at += 1;
        }
    }
}

#[derive(Default)]
struct Totals {
    values: i64,
    sum: i64,
    letters: usize,
}

impl Totals {
    fn walk(&mut self, value: &Json) {
        self.values += 1;
        match value {
            Json::Null | Json::Bool(_) => {}
            Json::Number(n) => self.sum += n,
            Json::Text(text) => self.letters += text.len(),
            Json::Items(items) => items.iter().for_each(|item| self.walk(item)),
            Json::Object(members) => {
                for (name, value) in members {
                    self.letters += name.len();
                    self.walk(value);
                }
            }
        }
    }
}

fn write_text(to: &mut String, text: &str) {
    to.push('"');
    let mut start = 0;
    for (i, b) in text.bytes().enumerate() {
        let escape = match b {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            _ => continue,
        };
        to.push_str(&text[start..i]);
        to.push_str(escape);
        start = i + 1;
    }
    to.push_str(&text[start..]);
    to.push('"');
}

fn write_json(to: &mut String, value: &Json) {
    match value {
        Json::Null => to.push_str("null"),
        Json::Bool(on) => to.push_str(if *on { "true" } else { "false" }),
        Json::Number(n) => write!(to, "{n}").unwrap(),
        Json::Text(text) => write_text(to, text),
        Json::Items(items) => {
            to.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    to.push(',');
                }
                write_json(to, item);
            }
            to.push(']');
        }
        Json::Object(members) => {
            to.push('{');
            for (i, (name, value)) in members.iter().enumerate() {
                if i > 0 {
                    to.push(',');
                }
                write_text(to, name);
                to.push(':');
                write_json(to, value);
            }
            to.push('}');
        }
    }
}

fn round_trip(count: i64) {
    let text = make(count);
    let value = Parser { text: &text, at: 0 }.value();
    let mut totals = Totals::default();
    totals.walk(&value);
    let mut again = String::new();
    write_json(&mut again, &value);
    let same = if again == text { "the same" } else { "another one" };
    let Totals { values, sum, letters } = totals;
    println!("{} bytes, {values} values, sum {sum}, {letters} letters; written again: {same}", text.len());
}

fn main() {
    let mut args = std::env::args().skip(1).filter_map(|n| n.parse().ok());
    let (count, times) = (args.next().unwrap_or(30), args.next().unwrap_or(1));
    for _ in 0..times {
        round_trip(count);
    }
}
