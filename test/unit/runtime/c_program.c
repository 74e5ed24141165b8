/* dream.h from C: the memory calls that the seed document prints for its samples, and pools. Each function returns 0 or
 * the line of what went wrong. */
#include "runtime/include/dream.h"

#include <string.h>

#define CHECK(CONDITION)                                                                                               \
  do {                                                                                                                 \
    if (!(CONDITION))                                                                                                  \
      return __LINE__;                                                                                                 \
  } while (0)

int c_strings(void) {
  char *greeting = dr_alloc_string("Hello");
  char *name = dr_alloc_string("World");
  char *temp1 = dr_string_concat(greeting, " ");
  char *temp2 = dr_string_concat(temp1, name);
  char *message = dr_string_concat(temp2, "!");
  dr_release_string(temp1);
  dr_release_string(temp2);
  dr_release_string(greeting);
  dr_release_string(name);
  CHECK(strcmp(message, "Hello World!") == 0);
  char *again = dr_retain_string(message);
  CHECK(again == message);
  dr_release_string(again);
  CHECK(strcmp(message, "Hello World!") == 0);
  dr_release_string(message);
  dr_release_string(NULL);
  CHECK(dr_retain_string(NULL) == NULL);
  char *none = dr_string_concat(NULL, NULL);
  CHECK(*none == 0);
  dr_release_string(none);
  return 0;
}

int c_arrays(void) {
  int *numbers = dr_alloc_array(sizeof(int), 5);
  for (int i = 0; i < 5; ++i) {
    CHECK(numbers[i] == 0);
    numbers[i] = i;
  }
  int *same = dr_retain_array(numbers);
  dr_release_array(numbers);
  CHECK(same[4] == 4);
  dr_release_array(same);
  char *large = dr_alloc_array(1, 10000000);
  large[9999999] = 1;
  dr_release_array(large);
  dr_release_array(dr_alloc_array(8, 0));
  dr_release_array(NULL);
  return 0;
}

typedef struct {
  char *name;
  int age;
} Person;

int c_objects(void) {
  Person *person = dr_alloc_object(sizeof(Person));
  CHECK(person->name == NULL && person->age == 0);
  person->name = dr_alloc_string("Alice");
  person->age = 30;
  dr_retain_object(person);
  dr_release_object(person);
  CHECK(person->age == 30);
  dr_release_string(person->name);
  dr_release_object(person);
  void *kinds[3] = {dr_alloc(40), dr_alloc_string("any"), dr_alloc_array(2, 3)};
  for (int i = 0; i < 3; ++i) {
    CHECK(dr_retain(kinds[i]) == kinds[i]);
    dr_release(kinds[i]);
    dr_release(kinds[i]);
  }
  dr_release(NULL);
  return 0;
}

int c_pools(void) {
  dr_pool_t *pool = dr_create_pool(20);
  void *blocks[1000];
  for (int i = 0; i < 1000; ++i) {
    blocks[i] = dr_pool_alloc(pool);
    CHECK((size_t)blocks[i] % 16 == 0);
    memset(blocks[i], i, 20);
  }
  for (int i = 0; i < 1000; ++i)
    for (int j = 0; j < 20; ++j)
      CHECK(((char *)blocks[i])[j] == (char)i);
  dr_pool_free(pool, blocks[500]);
  CHECK(dr_pool_alloc(pool) == blocks[500]);
  dr_pool_free(pool, NULL);
  dr_destroy_pool(pool);
  dr_destroy_pool(NULL);
  return 0;
}

void c_leak(void) {
  char *volatile test = dr_alloc_string("Memory leak test");
  (void)test;
}
void c_overflow(void) { dr_alloc_array((size_t)-1 / 4, 8); }
void c_too_large(void) { dr_alloc_array((size_t)1 << 40, (size_t)1 << 20); }
