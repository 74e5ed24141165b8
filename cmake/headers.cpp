#include "cmake/headers.h"
