#include "test.h"
TEST(x) { CHECK(0); }
TESTS("x", T(x))
