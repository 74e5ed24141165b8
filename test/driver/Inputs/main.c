#include <stdio.h>
int twice(int x);
int main(int argc, char **argv) {
  printf("%d", twice(21));
  for (int i = 1; i < argc; ++i)
    printf(" %s", argv[i]);
  printf("\n");
  return 0;
}
