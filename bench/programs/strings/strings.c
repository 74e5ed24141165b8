// Text: buffers with lengths; the words are views into the text.
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  char *data;
  size_t length, room;
} Text;
typedef struct {
  const char *data;
  size_t length;
} View;

static unsigned state = 42;
static int next(int below) {
  state = (state * 1103515245u + 12345u) & 0x7fffffff;
  return (int)(state >> 8) % below;
}

static void append(Text *text, const char *data, size_t length) {
  if (text->length + length > text->room) {
    text->room = text->room * 2 > text->length + length ? text->room * 2 : text->length + length + 64;
    if (!(text->data = realloc(text->data, text->room)))
      abort();
  }
  memcpy(text->data + text->length, data, length);
  text->length += length;
}

static size_t digitsOf(int value, char *buffer) {
  char reversed[12];
  size_t length = 0;
  do
    reversed[length++] = (char)('0' + value % 10);
  while (value /= 10);
  for (size_t i = 0; i < length; i++)
    buffer[i] = reversed[length - 1 - i];
  return length;
}

static Text build(int n) {
  Text text = {0};
  for (int i = 0; i < n; i++) {
    char word[16] = " w";
    size_t length = 2 + digitsOf(next(5000), word + 2);
    append(&text, word + (i == 0), length - (i == 0));
  }
  return text;
}

static View *split(Text text, char separator, size_t *count) {
  size_t room = 16, made = 0;
  View *parts = malloc(room * sizeof *parts);
  for (const char *at = text.data, *end = text.data + text.length; at <= end;) {
    const char *stop = memchr(at, separator, (size_t)(end - at));
    if (!stop)
      stop = end;
    if (made == room)
      parts = realloc(parts, (room *= 2) * sizeof *parts);
    parts[made++] = (View){at, (size_t)(stop - at)};
    at = stop + 1;
  }
  *count = made;
  return parts;
}

static int isPalindrome(View s) {
  for (size_t i = 0, j = s.length; i + 1 < j; i++, j--)
    if (s.data[i] != s.data[j - 1])
      return 0;
  return 1;
}

static int compare(View a, View b) {
  int order = memcmp(a.data, b.data, a.length < b.length ? a.length : b.length);
  return order ? order : (a.length > b.length) - (a.length < b.length);
}

static Text join(const View *parts, size_t count, const char *separator) {
  Text text = {0};
  size_t between = strlen(separator);
  for (size_t i = 0; i < count; i++) {
    if (i)
      append(&text, separator, between);
    append(&text, parts[i].data, parts[i].length);
  }
  return text;
}

static Text replace(Text text, const char *old, const char *new) {
  Text made = {0};
  size_t oldLength = strlen(old), newLength = strlen(new);
  const char *at = text.data, *end = text.data + text.length, *found;
  while ((found = memmem(at, (size_t)(end - at), old, oldLength))) {
    append(&made, at, (size_t)(found - at));
    append(&made, new, newLength);
    at = found + oldLength;
  }
  append(&made, at, (size_t)(end - at));
  return made;
}

static Text upper(Text text) {
  Text made = {malloc(text.length), text.length, text.length};
  for (size_t i = 0; i < text.length; i++) {
    char c = text.data[i];
    made.data[i] = c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
  }
  return made;
}

static int countOf(Text text, const char *part) {
  int count = 0;
  size_t length = strlen(part);
  const char *at = text.data, *end = text.data + text.length;
  while ((at = memmem(at, (size_t)(end - at), part, length))) {
    count++;
    at++;
  }
  return count;
}

static unsigned hash(Text text) {
  unsigned value = 2166136261u;
  for (size_t i = 0; i < text.length; i++)
    value = (value ^ (unsigned char)text.data[i]) * 16777619u;
  return value;
}

int main(int argc, char **argv) {
  Text text = build(argc > 1 ? atoi(argv[1]) : 100);
  size_t count;
  View *words = split(text, ' ', &count);
  long sum = 0;
  int palindromes = 0;
  for (size_t i = 0; i < count; i++) {
    View digits = {words[i].data + 1, words[i].length - 1};
    int value = 0;
    for (size_t k = 0; k < digits.length; k++)
      value = value * 10 + (digits.data[k] - '0');
    sum += value;
    palindromes += isPalindrome(digits);
  }
  char buffers[2][64];
  int current = 0;
  View last = {buffers[1], 0};
  for (size_t i = 0; i < count; i++) {
    char *buffer = buffers[current];
    memcpy(buffer, words[i].data, words[i].length);
    buffer[words[i].length] = ':';
    View entry = {buffer, words[i].length + 1 + digitsOf((int)i, buffer + words[i].length + 1)};
    if (compare(entry, last) > 0) {
      last = entry;
      current = !current;
    }
  }
  Text joined = join(words, count, ", ");
  Text replaced = replace(joined, "w1", "word-1");
  Text up = upper(replaced);
  printf("%zu %zu %ld %d %.*s\n", text.length, count, sum, palindromes, (int)last.length, last.data);
  printf("%zu %zu %d %u\n", joined.length, replaced.length, countOf(replaced, "99"), hash(up));
  free(up.data);
  free(replaced.data);
  free(joined.data);
  free(words);
  free(text.data);
}
