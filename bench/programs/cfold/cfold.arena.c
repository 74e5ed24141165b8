// Constant folding in one arena.
#include "../arena.h"

#define ALLOCATE allocateInArena
#define RELEASE(node)
#include "cfold.c"
