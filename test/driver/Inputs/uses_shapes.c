#include "shapes.h"
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
  (void)argv;
  printf("%d\n", add(2, 3));
  printf("%d\n", count_calls());
  printf("%lld\n", (long long)widen(-3, 200, -1000, true, 'A'));
  printf("%.2f %d %d\n", half(3.0f), isLong("abc"), isLong("abcd"));
  Person *ada = Person_new("Ada", 36), *bob = Person_new("Bob", 40);
  char *text = Person_GetDescription(ada);
  printf("%s %zu\n", text, strlen(text));
  dr_release_string(text);
  char *joined = dr_string_concat("C's ", "own");
  Person_Rename(ada, joined);
  dr_release_string(joined);
  text = Person_GetDescription(ada);
  printf("%s\n", text);
  dr_release_string(text);
  Person_Meet(ada, bob);
  Person *friend = Person_Friend(bob);
  printf("%d %d\n", friend == ada, Person_Age(friend));
  Person_release(friend);
  Person_release(Person_retain(ada));
  Person_release(ada);
  Person_release(bob);
  printf("%d\n", Died());
  Collect();
  printf("%d\n", Died());
  fflush(stdout);
  return argc > 1 ? risky(-1) : risky(7);
}
