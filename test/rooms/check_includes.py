#!/usr/bin/env python3
"""Refuses an #include that crosses a wall between rooms.

What a room of the compiler may use stands in its dream_room() call and nowhere else. The rooms of the runtime may include
runtime/abi, themselves, and the public headers of the rooms below them. LLVM beyond ADT and Support, and Clang, belong to
the few rooms named here.
"""

import os
import re
import sys

# From the ground up; `ROOM/ROOM.h` is a runtime room's public header.
RUNTIME_ROOMS = ["os", "panic", "table", "events", "alloc", "region", "check", "rc", "gc", "text", "program"]
# A room shows others its ROOM/ROOM.h, and these.
RUNTIME_PUBLIC = {"region/arena.h", "check/profile.h"}
# Folders of LLVM that everybody may use, and who may use the others.
LLVM_FOR_ALL = {"ADT", "Support"}
LLVM_MORE = {"codegen", "driver", "tools"}
CLANG_AND_LLD = {"driver", "interop"}

INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]', re.M)
SOURCES = (".h", ".cpp", ".def", ".inc", ".c")


def rooms_of(root):
    """Room -> rooms that it may use, from the dream_room() calls."""
    rooms = {}
    for folder, _, files in os.walk(os.path.join(root, "compiler")):
        if "CMakeLists.txt" not in files:
            continue
        text = re.sub(r"#.*", "", open(os.path.join(folder, "CMakeLists.txt")).read())
        for call in re.findall(r"dream_room\(([^)]*)\)", text):
            words = call.split()
            uses, taking = set(), False
            for word in words[1:]:
                if word.isupper():
                    taking = word == "USES"
                elif taking:
                    uses.add(word)
            rooms[words[0]] = uses
    return rooms


def allowed(header, quoted, where, rooms):
    """None if `where` (a tuple of folder names) may include the header, else the reason why not."""
    parts = header.split("/")
    top, room = where[0], where[1] if len(where) > 1 else ""
    if quoted and parts[0] not in ("compiler", "runtime", "llvm", "llvm-c", "clang", "lld", "gtest", "spdlog", "tools", "test"):
        return "paths of the project's headers start at its root"
    if top == "compiler":
        if parts[0] == "compiler":
            if parts[1] not in rooms:
                return None if len(parts) == 2 else f"there is no room '{parts[1]}'"
            if parts[1] == room or parts[1] in rooms.get(room, set()):
                return None
            return f"room '{room}' may not use room '{parts[1]}'"
        if parts[0] == "runtime":
            if parts[1] == "abi" and room in ("analysis", "codegen", "dilgen", "driver"):
                return None
            return "of the runtime only runtime/abi is visible, and only to analysis, dilgen, codegen and driver"
        if parts[0] in ("llvm", "llvm-c") and parts[1] not in LLVM_FOR_ALL and room not in LLVM_MORE:
            return f"room '{room}' uses LLVM's ADT and Support only"
        if parts[0] in ("clang", "clang-c", "lld") and room not in CLANG_AND_LLD:
            return f"room '{room}' may not use {parts[0].capitalize()}"
        if parts[0] in ("tools", "test"):
            return f"the compiler may not use {parts[0]}/"
    if top == "runtime":
        if parts[0] in ("compiler", "llvm", "clang", "tools"):
            return "the runtime stands alone"
        if parts[0] == "runtime":
            if parts[1] in ("abi", room) or (parts[1] == "include" and room in ("events", "program")):
                return None
            if parts[1] not in RUNTIME_ROOMS or (room and room not in RUNTIME_ROOMS):
                return f"'{parts[1]}' or '{room}' is no room of the runtime"
            if room and RUNTIME_ROOMS.index(parts[1]) > RUNTIME_ROOMS.index(room):
                return f"runtime room '{room}' lies below '{parts[1]}'"
            if room and parts[2:] != [parts[1] + ".h"] and "/".join(parts[1:]) not in RUNTIME_PUBLIC:
                return f"only {parts[1]}/{parts[1]}.h is public"
    return None


def check(root):
    rooms = rooms_of(root)
    wrong, count = [], 0
    for top in ("compiler", "runtime"):
        for folder, folders, files in os.walk(os.path.join(root, top)):
            folders.sort()
            for name in sorted(files):
                if not name.endswith(SOURCES):
                    continue
                count += 1
                path = os.path.relpath(os.path.join(folder, name), root)
                where = tuple(os.path.dirname(path).split(os.sep))
                text = open(os.path.join(folder, name), encoding="utf-8", errors="replace").read()
                for mark, header in INCLUDE.findall(text):
                    reason = allowed(header, mark == '"', where, rooms)
                    if reason:
                        line = text[: text.index(header)].count("\n") + 1
                        wrong.append(f"{path}:{line}: '{header}': {reason}")
    return wrong, count, rooms


def self_test(scratch):
    """A made-up tree with one sin of each kind: each must be found, and nothing else."""
    files = {
        "compiler/support/CMakeLists.txt": "dream_room(support)",
        "compiler/dil/CMakeLists.txt": "dream_room(dil USES support FOLDERS verify)",
        "compiler/syntax/CMakeLists.txt": "dream_room(syntax USES support) # sema",
        "compiler/support/a.h": "#pragma once\n",
        "compiler/syntax/ok.cpp": '#include "compiler/support/a.h"\n#include "llvm/ADT/StringRef.h"\n#include <vector>\n',
        "compiler/dil/verify/sin1.cpp": '#include "compiler/syntax/ast.h"\n',
        "compiler/dil/sin2.cpp": '#include "llvm/IR/Module.h"\n',
        "compiler/dil/sin3.cpp": '#include "clang/AST/Decl.h"\n',
        "compiler/dil/sin4.cpp": '#include "dil.h"\n',
        "compiler/dil/sin5.cpp": '#include "runtime/abi/object.h"\n',
        "runtime/rc/ok.cpp": '#include "runtime/alloc/alloc.h"\n#include "runtime/abi/object.h"\n#include "runtime/rc/own.h"\n',
        "runtime/alloc/sin6.cpp": '#include "runtime/rc/rc.h"\n',
        "runtime/rc/sin7.cpp": '#include "runtime/alloc/private.h"\n',
        "runtime/os/sin8.cpp": '#include "compiler/support/a.h"\n',
    }
    import shutil

    shutil.rmtree(scratch, ignore_errors=True)
    for path, text in files.items():
        full = os.path.join(scratch, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        open(full, "w").write(text)
    wrong, _, _ = check(scratch)
    found = sorted(re.search(r"sin\d", line).group() for line in wrong if "sin" in line)
    return found == [f"sin{n}" for n in range(1, 9)] and len(wrong) == 8, wrong


if sys.argv[1] == "--self-test":
    good, wrong = self_test(sys.argv[2])
    print("\n".join(wrong))
    sys.exit(0 if good else 1)
wrong, count, rooms = check(sys.argv[1])
print("\n".join(wrong))
print(f"{count} files of {len(rooms)} rooms, {len(wrong)} forbidden includes")
sys.exit(1 if wrong or not rooms else 0)
