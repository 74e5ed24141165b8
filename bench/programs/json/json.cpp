// JSON: a variant for values, a parser by recursive descent, and a writer.
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

struct Value;
struct Member;
using Items = std::vector<Value>;
using Members = std::vector<Member>;
struct Value {
  std::variant<std::nullptr_t, bool, long, std::string, Items, Members> is;
};
struct Member {
  std::string name;
  Value value;
};

static void appendNumber(std::string &to, long value) {
  char buffer[24];
  to.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
}

static std::string make(int count) {
  std::string s = "{\"records\":[";
  for (int i = 0; i < count; i++) {
    if (i > 0)
      s += ',';
    s += "{\"id\":";
    appendNumber(s, i);
    s += ",\"name\":\"item ";
    appendNumber(s, i);
    s += "\",\"price\":";
    appendNumber(s, i * 37L % 1000);
    s += ",\"active\":";
    s += i % 3 == 0 ? "true" : "false";
    s += ",\"parent\":null,\"tags\":[\"tag";
    appendNumber(s, i % 10);
    s += i % 7 == 0 ? "\",\"a \\\"b\\\" \\\\ c\\n\"]" : "\",\"plain\"]";
    s += ",\"at\":{\"x\":";
    appendNumber(s, i % 100);
    s += ",\"y\":";
    appendNumber(s, -(i % 50) - 1);
    s += "}}";
  }
  return s += "]}";
}

class Parser {
  const char *at; // ends in a NUL

  void expect(char c) {
    if (*at++ != c)
      throw std::runtime_error("unexpected character");
  }

  std::string text() {
    expect('"');
    std::string made;
    for (;;) {
      const char *start = at;
      while (*at != '"' && *at != '\\' && *at)
        at++;
      made.append(start, at);
      if (*at == '"') {
        at++;
        return made;
      }
      expect('\\');
      made += *at == 'n' ? '\n' : *at;
      at++;
    }
  }

  long number() {
    const bool negative = *at == '-';
    at += negative;
    long value = 0;
    while (*at >= '0' && *at <= '9')
      value = value * 10 + (*at++ - '0');
    return negative ? -value : value;
  }

  Items items() {
    Items made;
    for (at++; *at != ']'; at += *at == ',')
      made.push_back(value());
    at++;
    return made;
  }

  Members members() {
    Members made;
    for (at++; *at != '}'; at += *at == ',') {
      std::string name = text();
      expect(':');
      made.push_back({std::move(name), value()});
    }
    at++;
    return made;
  }

public:
  explicit Parser(const std::string &text) : at(text.c_str()) {}

  Value value() {
    switch (*at) {
    case 'n':
      at += 4;
      return {nullptr};
    case 't':
      at += 4;
      return {true};
    case 'f':
      at += 5;
      return {false};
    case '"':
      return {text()};
    case '[':
      return {items()};
    case '{':
      return {members()};
    default:
      return {number()};
    }
  }
};

struct Totals {
  long values = 0, sum = 0, letters = 0;

  void walk(const Value &value) {
    values++;
    std::visit(*this, value.is);
  }
  void operator()(std::nullptr_t) {}
  void operator()(bool) {}
  void operator()(long number) { sum += number; }
  void operator()(const std::string &text) { letters += long(text.size()); }
  void operator()(const Items &items) {
    for (const Value &item : items)
      walk(item);
  }
  void operator()(const Members &members) {
    for (const Member &member : members) {
      letters += long(member.name.size());
      walk(member.value);
    }
  }
};

struct Writer {
  std::string to;

  void write(const Value &value) { std::visit(*this, value.is); }
  void operator()(std::nullptr_t) { to += "null"; }
  void operator()(bool on) { to += on ? "true" : "false"; }
  void operator()(long number) { appendNumber(to, number); }
  void operator()(const std::string &text) {
    to += '"';
    size_t start = 0;
    for (size_t i = 0; (i = text.find_first_of("\"\\\n", i)) != text.npos; start = ++i) {
      to.append(text, start, i - start);
      to += '\\';
      to += text[i] == '\n' ? 'n' : text[i];
    }
    to.append(text, start);
    to += '"';
  }
  void operator()(const Items &items) {
    to += '[';
    for (size_t i = 0; i < items.size(); i++) {
      if (i > 0)
        to += ',';
      write(items[i]);
    }
    to += ']';
  }
  void operator()(const Members &members) {
    to += '{';
    for (size_t i = 0; i < members.size(); i++) {
      if (i > 0)
        to += ',';
      (*this)(members[i].name);
      to += ':';
      write(members[i].value);
    }
    to += '}';
  }
};

static void roundTrip(int count) {
  const std::string text = make(count);
  const Value value = Parser(text).value();
  Totals totals;
  totals.walk(value);
  Writer writer;
  writer.write(value);
  std::printf("%zu bytes, %ld values, sum %ld, %ld letters; written again: %s\n", text.size(), totals.values, totals.sum, totals.letters,
              writer.to == text ? "the same" : "another one");
}

int main(int argc, char **argv) {
  const int count = argc > 1 ? std::atoi(argv[1]) : 30, times = argc > 2 ? std::atoi(argv[2]) : 1;
  for (int i = 0; i < times; i++)
    roundTrip(count);
}
