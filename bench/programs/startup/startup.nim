import std/os
echo "Hello, ", paramStr(1), "!"
