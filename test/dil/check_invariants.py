#!/usr/bin/env python3
"""Every invariant that the verifier reports is described in docs/dil.md and has a test that breaks it, and the other way round."""

import glob
import os
import re
import sys

root = sys.argv[1]


def read(*patterns):
    paths = sorted(path for pattern in patterns for path in glob.glob(os.path.join(root, pattern)))
    return "\n".join(open(path, encoding="utf-8").read() for path in paths)


code = re.sub(r"//.*|constexpr.*", "", read("compiler/dil/verify/*.cpp"))
reported = {int(n) for n in re.findall(r"(?<![\w.])([1-9]\d\d)(?![\w.])", code)}
docs = read("docs/dil.md").split("## Invariants")[1]
described = {int(n) for n in re.findall(r"^(\d{3})\. ", docs, re.M)}
described |= {int(n) for n in re.findall(r"\b(3\d\d) (?=`|accesses|loads|stores)", docs)}
tested = {int(n) for n in re.findall(r"\bI(\d{3})\b", read("test/dil/*.dil"))}
tested |= {int(n) for n in re.findall(r"\b(\d{3})\b", "\n".join(re.findall(r"Numbers\{[^}]*\}", read("test/unit/dil/*.cpp"))))}

wrong = [f"I{n} is reported and not described" for n in sorted(reported - described)]
wrong += [f"I{n} is described and never reported" for n in sorted(described - reported)]
wrong += [f"no test breaks I{n}" for n in sorted(reported - tested)]
print("\n".join(wrong))
print(f"{len(reported)} invariants")
sys.exit(1 if wrong or not reported else 0)
