// The sieve of Eratosthenes: a bool array, written with a stride and read in order.
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static int countPrimes(int n) {
  bool *composite = calloc(n + 1, sizeof(bool));
  for (int i = 2; i * i <= n; i++) {
    if (!composite[i]) {
      for (int j = i * i; j <= n; j += i)
        composite[j] = true;
    }
  }
  int count = 0;
  for (int i = 2; i <= n; i++) {
    if (!composite[i])
      count++;
  }
  free(composite);
  return count;
}

int main(int argc, char **argv) {
  int rounds = argc > 1 ? atoi(argv[1]) : 1;
  int total = 0;
  for (int round = 0; round < rounds; round++)
    total += countPrimes(1000000 + round);
  printf("%d\n", total);
}
