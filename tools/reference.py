#!/usr/bin/env python3
"""Writes the lists of members in docs/reference from the library's sources.

    tools/reference.py [--check]

On a page, what stands between `<!-- members of: a.dr b.dr -->` and `<!-- end of members -->` is every exported type of these
files of stdlib/core, and every `extend` of a type, with its members and what their `///` comments say. --check changes
nothing, and fails if a page is out of date.
"""

import glob
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BLOCK = re.compile(r"(<!-- members of: ([^>]*?) -->\n)(.*?)(<!-- end of members -->)", re.S)
LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)+\'|//.*')
TYPE = re.compile(r"^(?:export )?((?:(?:sealed|abstract|static|own) )*(?:class|struct|enum|interface)) (\w+(?:<[^>]*>)?)(.*)$")
EXTEND = re.compile(r"^extend(?:<[^>]*>)? ([\w.]+(?:<[^>]*>)?)")
HIDDEN = re.compile(r"^(?:\[[^\]]*\] *)*(?:private|internal|protected|case|default)\b|^[})~\]]")


class Section:
    def __init__(self, name, kind, words):
        self.name, self.kind, self.words, self.members = name, kind, words, []


def declaration(text, name):
    """What a member is called with: without its body, its attributes and what it passes to its base."""
    text = re.sub(r"^(?:\[[^\]]*\] *)+", "", text)
    depth = 0
    for i, c in enumerate(text):
        depth += (c in "([") - (c in ")]")
        if depth == 0 and (text.startswith(" {", i) or text.startswith(" =>", i) or c == ";" or text.startswith(" = ", i)):
            accessors = text[i:] if text.startswith(" {", i) else ""
            text = text[:i]
            if "(" not in text and re.search(r"\b(set|init)\b", accessors):
                text += " { get; private set; }" if "private set" in accessors else " { get; set; }"
            break
    text = re.sub(r"\) : (?:base|this)\(.*$", ")", text)
    text = re.sub(r"\boverride |\bpublic ", "", text).strip()
    return re.sub(r"^func " + re.escape(name.split("<")[0]) + r"\(", "new " + name + "(", text)


def sections(path):
    """The types of a file and their members, in order."""
    lines = open(path, encoding="utf-8").read().split("\n")
    found, open_types, words, depth, i = [], [], [], 0, 0
    while i < len(lines):
        line = lines[i].strip()
        i += 1
        if line.startswith("///"):
            words.append(line[3:].strip())
            continue
        bare = LITERAL.sub("", line)
        # A declaration may go over several lines.
        while depth == len(open_types) and bare.count("(") > bare.count(")") and i < len(lines):
            line += " " + lines[i].strip()
            bare = LITERAL.sub("", line)
            i += 1
        if depth == len(open_types) and line and not line.startswith("//"):
            kind, extend = TYPE.match(line), EXTEND.match(line)
            inside = open_types[-1] if open_types else None
            isShown = line.startswith("export") or (inside is not None and not HIDDEN.match(line))
            if (kind or extend) and "{" in bare:
                name = kind.group(2) if kind else extend.group(1)
                section = Section((inside.name + "." if inside else "") + name, kind.group(1) if kind else "", words)
                if extend or isShown:
                    found.append(section)
                body = line[line.index("{") + 1:].rstrip("} ").strip()
                if kind and kind.group(1) == "enum" and body:
                    section.members.append((body, []))
                if bare.count("{") > bare.count("}"):
                    open_types.append(section)
            elif inside is not None and not HIDDEN.match(line):
                while bare.rstrip().endswith("=>") and i < len(lines): # its body stands below
                    bare = LITERAL.sub("", lines[i])
                    i += 1
                if inside.kind == "enum" and not re.match(r"func|static|override|[\w?<>\[\]]+ [\w\[]+.*(=>|\{)", line):
                    inside.members.append((line.rstrip(",;"), words))
                elif re.search(r"[({;]|=>", bare):
                    inside.members.append((declaration(line, inside.name), words))
        if line:
            words = []
        depth += bare.count("{") - bare.count("}")
        while len(open_types) > depth:
            open_types.pop()
    return found


def listing(files):
    by_name = {}
    for name in files:
        for section in sections(os.path.join(ROOT, "stdlib", "core", name)):
            known = by_name.setdefault(section.name, section)
            if known is not section:
                known.members += section.members
                known.words = known.words or section.words
    text = ""
    for section in by_name.values():
        if not section.members:
            continue
        text += "\n### `%s`\n\n" % section.name
        if section.words:
            text += " ".join(section.words) + "\n\n"
        for member, words in section.members:
            text += "- `%s`%s\n" % (member, ": " + " ".join(words) if words else "")
    return text + "\n"


def main():
    check, stale = "--check" in sys.argv[1:], 0
    for page in sorted(glob.glob(os.path.join(ROOT, "docs", "reference", "*.md"))):
        text = open(page, encoding="utf-8").read()
        fresh = BLOCK.sub(lambda m: m.group(1) + listing(m.group(2).split()) + m.group(4), text)
        if fresh == text:
            continue
        if check:
            print("%s is out of date: run tools/reference.py" % os.path.relpath(page, ROOT))
            stale += 1
        else:
            open(page, "w", encoding="utf-8").write(fresh)
    return stale


sys.exit(main())
