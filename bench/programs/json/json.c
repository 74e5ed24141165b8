// JSON: tagged unions, every text and list in a block of its own.
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  char *data;
  size_t length, room;
} Text;

typedef enum { Null, Bool, Number, String, Items, Object } Kind;
typedef struct Value {
  Kind kind;
  unsigned count; // of items or members
  union {
    bool on;
    long number;
    Text text;
    struct Value *items;
    struct Member *members;
  };
} Value;
typedef struct Member {
  Text name;
  Value value;
} Member;

static void *resize(void *memory, size_t size) {
  memory = realloc(memory, size);
  if (!memory && size)
    abort();
  return memory;
}

static void append(Text *text, const char *data, size_t length) {
  if (text->length + length > text->room) {
    text->room = text->room * 2 > text->length + length ? text->room * 2 : text->length + length + 16;
    text->data = resize(text->data, text->room);
  }
  memcpy(text->data + text->length, data, length);
  text->length += length;
}
static void appendAll(Text *text, const char *data) { append(text, data, strlen(data)); }

static void appendNumber(Text *text, long value) {
  char buffer[24], *at = buffer + sizeof buffer;
  unsigned long rest = value < 0 ? -(unsigned long)value : (unsigned long)value;
  do
    *--at = (char)('0' + rest % 10);
  while (rest /= 10);
  if (value < 0)
    *--at = '-';
  append(text, at, (size_t)(buffer + sizeof buffer - at));
}

static Text make(int count) {
  Text s = {0};
  appendAll(&s, "{\"records\":[");
  for (int i = 0; i < count; i++) {
    if (i > 0)
      append(&s, ",", 1);
    appendAll(&s, "{\"id\":");
    appendNumber(&s, i);
    appendAll(&s, ",\"name\":\"item ");
    appendNumber(&s, i);
    appendAll(&s, "\",\"price\":");
    appendNumber(&s, i * 37L % 1000);
    appendAll(&s, ",\"active\":");
    appendAll(&s, i % 3 == 0 ? "true" : "false");
    appendAll(&s, ",\"parent\":null,\"tags\":[\"tag");
    appendNumber(&s, i % 10);
    appendAll(&s, i % 7 == 0 ? "\",\"a \\\"b\\\" \\\\ c\\n\"]" : "\",\"plain\"]");
    appendAll(&s, ",\"at\":{\"x\":");
    appendNumber(&s, i % 100);
    appendAll(&s, ",\"y\":");
    appendNumber(&s, -(i % 50) - 1);
    appendAll(&s, "}}");
  }
  append(&s, "]}", 3); // with the NUL, where the parser stops
  s.length--;
  return s;
}

static const char *at;

static void expect(char c) {
  if (*at++ != c)
    abort();
}

static Text parseText(void) {
  expect('"');
  Text text = {0};
  for (;;) {
    const char *start = at;
    while (*at != '"' && *at != '\\' && *at)
      at++;
    append(&text, start, (size_t)(at - start));
    if (*at == '"') {
      at++;
      return text;
    }
    expect('\\');
    append(&text, *at == 'n' ? "\n" : at, 1);
    at++;
  }
}

static long parseNumber(void) {
  bool negative = *at == '-';
  if (negative)
    at++;
  long value = 0;
  while (*at >= '0' && *at <= '9')
    value = value * 10 + (*at++ - '0');
  return negative ? -value : value;
}

static Value parse(void) {
  Value value = {0};
  unsigned room = 0;
  switch (*at) {
  case 'n':
    at += 4;
    break;
  case 't':
  case 'f':
    value.kind = Bool;
    value.on = *at == 't';
    at += value.on ? 4 : 5;
    break;
  case '"':
    value.kind = String;
    value.text = parseText();
    break;
  case '[':
    value.kind = Items;
    for (at++; *at != ']'; *at == ',' ? at++ : 0) {
      if (value.count == room)
        value.items = resize(value.items, (room = room ? room * 2 : 4) * sizeof *value.items);
      Value item = parse();
      value.items[value.count++] = item;
    }
    at++;
    break;
  case '{':
    value.kind = Object;
    for (at++; *at != '}'; *at == ',' ? at++ : 0) {
      if (value.count == room)
        value.members = resize(value.members, (room = room ? room * 2 : 4) * sizeof *value.members);
      Member *member = &value.members[value.count++];
      member->name = parseText();
      expect(':');
      member->value = parse();
    }
    at++;
    break;
  default:
    value.kind = Number;
    value.number = parseNumber();
  }
  return value;
}

static long values, sum, letters;

static void walk(const Value *value) {
  values++;
  if (value->kind == Number)
    sum += value->number;
  else if (value->kind == String)
    letters += (long)value->text.length;
  else if (value->kind == Items)
    for (unsigned i = 0; i < value->count; i++)
      walk(&value->items[i]);
  else if (value->kind == Object)
    for (unsigned i = 0; i < value->count; i++) {
      letters += (long)value->members[i].name.length;
      walk(&value->members[i].value);
    }
}

static void writeText(Text *to, const Text *text) {
  append(to, "\"", 1);
  size_t start = 0;
  for (size_t i = 0; i < text->length; i++) {
    const char *escape = text->data[i] == '"' ? "\\\"" : text->data[i] == '\\' ? "\\\\" : text->data[i] == '\n' ? "\\n" : NULL;
    if (!escape)
      continue;
    append(to, text->data + start, i - start);
    append(to, escape, 2);
    start = i + 1;
  }
  append(to, text->data + start, text->length - start);
  append(to, "\"", 1);
}

static void write(Text *to, const Value *value) {
  switch (value->kind) {
  case Null:
    append(to, "null", 4);
    break;
  case Bool:
    appendAll(to, value->on ? "true" : "false");
    break;
  case Number:
    appendNumber(to, value->number);
    break;
  case String:
    writeText(to, &value->text);
    break;
  case Items:
    append(to, "[", 1);
    for (unsigned i = 0; i < value->count; i++) {
      if (i > 0)
        append(to, ",", 1);
      write(to, &value->items[i]);
    }
    append(to, "]", 1);
    break;
  case Object:
    append(to, "{", 1);
    for (unsigned i = 0; i < value->count; i++) {
      if (i > 0)
        append(to, ",", 1);
      writeText(to, &value->members[i].name);
      append(to, ":", 1);
      write(to, &value->members[i].value);
    }
    append(to, "}", 1);
  }
}

static void destroy(Value *value) {
  if (value->kind == String)
    free(value->text.data);
  else if (value->kind == Items) {
    for (unsigned i = 0; i < value->count; i++)
      destroy(&value->items[i]);
    free(value->items);
  } else if (value->kind == Object) {
    for (unsigned i = 0; i < value->count; i++) {
      free(value->members[i].name.data);
      destroy(&value->members[i].value);
    }
    free(value->members);
  }
}

static void roundTrip(int count) {
  Text text = make(count), again = {0};
  at = text.data;
  values = sum = letters = 0;
  Value value = parse();
  walk(&value);
  write(&again, &value);
  bool same = again.length == text.length && memcmp(again.data, text.data, text.length) == 0;
  printf("%zu bytes, %ld values, sum %ld, %ld letters; written again: %s\n", text.length, values, sum, letters,
         same ? "the same" : "another one");
  destroy(&value);
  free(again.data);
  free(text.data);
}

int main(int argc, char **argv) {
  int count = argc > 1 ? atoi(argv[1]) : 30, times = argc > 2 ? atoi(argv[2]) : 1;
  for (int i = 0; i < times; i++)
    roundTrip(count);
}
