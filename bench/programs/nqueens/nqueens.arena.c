// The queens of a board in one arena, which nothing is given back to.
#include "../arena.h"

#define ALLOCATE allocateInArena
#define FREE(memory) ((void)(memory))
#include "nqueens.c"
