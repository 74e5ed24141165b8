// Text: String where something is made, &str where something is only looked at.
use std::fmt::Write;

struct Random(u32);

impl Random {
    fn next(&mut self, below: u32) -> u32 {
        self.0 = self.0.wrapping_mul(1103515245).wrapping_add(12345) & 0x7fffffff;
        (self.0 >> 8) % below
    }
}

fn build(n: usize) -> String {
    let mut random = Random(42);
    let mut text = String::new();
    for i in 0..n {
        if i > 0 {
            text.push(' ');
        }
        write!(text, "w{}", random.next(5000)).unwrap();
    }
    text
}

fn is_palindrome(s: &[u8]) -> bool {
    s.iter().take(s.len() / 2).eq(s.iter().rev().take(s.len() / 2))
}

fn count_of(text: &str, part: &str) -> usize {
    let (mut count, mut at) = (0, 0);
    while let Some(found) = text[at..].find(part) {
        count += 1;
        at += found + 1;
    }
    count
}

fn hash(text: &str) -> u32 {
    text.bytes().fold(2166136261, |hash, b| (hash ^ u32::from(b)).wrapping_mul(16777619))
}

fn main() {
    let text = build(std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(100));
    let words: Vec<&str> = text.split(' ').collect();
    let (mut sum, mut palindromes) = (0i64, 0);
    for word in &words {
        let digits = &word[1..];
        sum += digits.parse::<i64>().unwrap();
        palindromes += i32::from(is_palindrome(digits.as_bytes()));
    }
    let mut last = String::new();
    for (i, word) in words.iter().enumerate() {
        let entry = format!("{word}:{i}");
        if entry > last {
            last = entry;
        }
    }
    let joined = words.join(", ");
    let replaced = joined.replace("w1", "word-1");
    let upper = replaced.to_ascii_uppercase();
    println!("{} {} {sum} {palindromes} {last}", text.len(), words.len());
    println!("{} {} {} {}", joined.len(), replaced.len(), count_of(&replaced, "99"), hash(&upper));
}
