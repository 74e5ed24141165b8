"""Dream values in Python: wrapping integers, the text forms of numbers, and values that copy (arrays, structs).

What is written here follows the language reference on its own, without the compiler's code: the generator's evaluation
of a program is the oracle that compiled programs are compared with.
"""

import struct
from decimal import Decimal

INTS = {  # name: (bits, signed)
    "sbyte": (8, True), "byte": (8, False), "short": (16, True), "ushort": (16, False),
    "int": (32, True), "uint": (32, False), "long": (64, True), "ulong": (64, False),
}


def wrap(kind, value):
    """The value of an integer type that is equal to `value` modulo 2^bits."""
    bits, signed = INTS[kind]
    value &= (1 << bits) - 1
    return value - (1 << bits) if signed and value >> (bits - 1) else value


def single(value):
    """A double rounded to float."""
    try:
        return struct.unpack("f", struct.pack("f", value))[0]
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def divide(a, b):
    """Integer division that truncates toward zero."""
    q = abs(a) // abs(b)
    return -q if (a < 0) != (b < 0) else q


def remainder(a, b):
    return a - b * divide(a, b)


def show_double(value):
    """The shortest text that reads back the same, laid out as .NET lays it out."""
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0:
        return "-0" if str(value).startswith("-") else "0"
    sign, digits, exponent = Decimal(repr(value)).as_tuple()
    text = "".join(map(str, digits))
    stripped = text.rstrip("0")
    exponent += len(text) - len(stripped)
    text = stripped
    point = len(text) + exponent  # value = 0.text * 10^point
    if -4 < point <= max(15, len(text)):
        if point <= 0:
            body = "0." + "0" * -point + text
        elif point >= len(text):
            body = text + "0" * (point - len(text))
        else:
            body = text[:point] + "." + text[point:]
    else:
        body = text[0] + ("." + text[1:] if len(text) > 1 else "")
        body += "E%s%02d" % ("+" if point - 1 >= 0 else "-", abs(point - 1))
    return ("-" if sign else "") + body


def show(kind, value):
    """ToString()."""
    if isinstance(value, float):
        return show_double(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return "(%s)" % ", ".join(show("", part) for part in value)
    if isinstance(value, Variant):
        name = value.decl.cases[value.index][0]
        return name + ("(%s)" % ", ".join(show("", part) for part in value.parts) if value.parts else "")
    if kind == "char":
        return chr(value)
    return str(value)


class DreamException(Exception):
    """A thrown Dream exception."""

    def __init__(self, type_name, message):
        super().__init__(message)
        self.type_name = type_name
        self.message = message


class Struct:
    """A struct value: copying it copies its fields."""

    def __init__(self, decl, fields):
        self.decl, self.fields = decl, fields

    def copy(self):
        return Struct(self.decl, {name: copy(value) for name, value in self.fields.items()})


class Variant:
    """A value of an enum: its case, and what that carries."""

    def __init__(self, decl, index, parts):
        self.decl, self.index, self.parts = decl, index, parts

    def copy(self):
        return Variant(self.decl, self.index, [copy(part) for part in self.parts])

    def __eq__(self, other):
        return self.index == other.index and self.parts == other.parts

    __hash__ = None


class Instance:
    """A class object: copying a reference does not copy it."""

    def __init__(self, decl):
        self.decl, self.fields = decl, {}


def copy(value):
    """What assignment, passing and returning do to a value."""
    if isinstance(value, list):
        return [copy(part) for part in value]
    if isinstance(value, tuple):
        return tuple([copy(part) for part in value])
    if isinstance(value, (Struct, Variant)):
        return value.copy()
    return value
