// Symbolic derivatives in one arena.
#include "../arena.h"

#define ALLOCATE allocateInArena
#include "deriv.c"
