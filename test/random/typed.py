"""Constructs of the typed language: enums with payloads and match, tuples, optionals, closures, generics.

As in expressions.py, each prints itself as Dream source and evaluates itself in Python.
"""

import re

from expressions import Expr, TooLong
from statements import ClassDecl, Env, Function, Param, Return, indent
from values import Variant, copy


def substitute(type, argument):
    """The type with `argument` for the type parameter T."""
    return re.sub(r"\bT\b", argument, type)


def parts_of(type):
    """The types between the outer brackets of "(int, string)" or "func int(int, string)"."""
    inner = type[type.index("(") + 1:type.rindex(")")]
    return inner.split(", ") if inner else []


def result_of(type):
    """R of "func R(…)"."""
    return type[len("func "):type.index("(")]


class EnumDecl:
    """Cases with the types of their payloads, none for a plain name."""

    def __init__(self, name, cases):
        self.name, self.cases = name, cases  # [(name, [type])]

    def write(self, out, depth):
        cases = [name + ("(%s)" % ", ".join("%s a%d" % (t, i) for i, t in enumerate(types)) if types else "") for name, types in self.cases]
        out.append("enum %s { %s }" % (self.name, ", ".join(cases)))
        out.append("")


class MakeVariant(Expr):
    def __init__(self, decl, index, args):
        self.type, self.decl, self.index, self.args = decl.name, decl, index, args

    def text(self):
        args = "(%s)" % ", ".join(arg.text() for arg in self.args) if self.args else ""
        return "%s.%s%s" % (self.decl.name, self.decl.cases[self.index][0], args)

    def eval(self, env):
        return Variant(self.decl, self.index, [copy(arg.eval(env)) for arg in self.args])


# -- patterns: text, and whether a value matches, binding names in env.vars


class AnyPattern:
    def text(self):
        return "_"

    def matches(self, env, value):
        return True


class BindPattern:
    def __init__(self, name):
        self.name = name

    def text(self):
        return "var " + self.name

    def matches(self, env, value):
        env.vars[self.name] = copy(value)
        return True


class ValuePattern:
    """A literal, `< literal` or the like, or several literals joined by `or`."""

    def __init__(self, op, literals):
        self.op, self.literals = op, literals

    def text(self):
        return (self.op + " " if self.op else "") + " or ".join(one.text().strip("()") for one in self.literals)

    def matches(self, env, value):
        bound = self.literals[0].value
        if self.op == "<":
            return value < bound
        if self.op == ">=":
            return value >= bound
        if self.op == "not":
            return value != bound
        return any(value == one.value for one in self.literals)


class CasePattern:
    def __init__(self, decl, index, parts, qualified):
        self.decl, self.index, self.parts, self.qualified = decl, index, parts, qualified

    def text(self):
        name = self.decl.cases[self.index][0]
        parts = "(%s)" % ", ".join(part.text() for part in self.parts) if self.parts else ""
        return (self.decl.name + "." if self.qualified else "") + name + parts

    def matches(self, env, value):
        return value.index == self.index and all(p.matches(env, part) for p, part in zip(self.parts, value.parts))


class TuplePattern:
    def __init__(self, parts):
        self.parts = parts

    def text(self):
        return "(%s)" % ", ".join(part.text() for part in self.parts)

    def matches(self, env, value):
        return all(p.matches(env, part) for p, part in zip(self.parts, value))


class Match(Expr):
    """match (subject) { pattern if guard => value, … }; the last arm takes what is left."""

    def __init__(self, type, subject, arms):
        self.type, self.subject, self.arms = type, subject, arms  # [(pattern, guard or None, Expr)]

    def text(self):
        arms = ["%s%s => %s" % (p.text(), " if " + g.text() if g else "", e.text()) for p, g, e in self.arms]
        return "(match (%s) { %s })" % (self.subject.text(), ", ".join(arms))

    def eval(self, env):
        value = copy(self.subject.eval(env))
        for pattern, guard, result in self.arms:
            if pattern.matches(env, value) and (not guard or guard.eval(env)):
                return result.eval(env)
        raise AssertionError("no arm matches")


class IsPattern(Expr):
    """(subject is pattern); what it binds is there where the test holds."""
    type = "bool"

    def __init__(self, subject, pattern):
        self.subject, self.pattern = subject, pattern

    def text(self):
        return "(%s is %s)" % (self.subject.text(), self.pattern.text())

    def eval(self, env):
        return self.pattern.matches(env, copy(self.subject.eval(env)))


class MakeTuple(Expr):
    """A tuple is a Python tuple; parts have their types written where a literal would have another."""

    def __init__(self, type, parts):
        self.type, self.parts = type, parts

    def text(self):
        return "(%s)" % ", ".join(part.text() for part in self.parts)

    def eval(self, env):
        return tuple([copy(part.eval(env)) for part in self.parts])


class TuplePart(Expr):
    def __init__(self, type, tuple, index):
        self.type, self.tuple, self.index = type, tuple, index

    def text(self):
        return "%s.Item%d" % (self.tuple.text(), self.index + 1)

    def eval(self, env):
        return self.tuple.eval(env)[self.index]


class Deconstruct:
    """var (a, b) = tuple;"""

    def __init__(self, names, value):
        self.names, self.value = names, value

    def write(self, out, depth):
        out.append(indent(depth) + "var (%s) = %s;" % (", ".join(self.names), self.value.text()))

    def run(self, env):
        for name, part in zip(self.names, self.value.eval(env)):
            env.vars[name] = copy(part)


class Null(Expr):
    def __init__(self, type):
        self.type = type

    def text(self):
        return "default(%s)" % self.type

    def eval(self, env):
        return None


class ToOptional(Expr):
    def __init__(self, type, operand):
        self.type, self.operand = type, operand

    def text(self):
        return "((%s)%s)" % (self.type, self.operand.text())

    def eval(self, env):
        return self.operand.eval(env)


class Coalesce(Expr):
    def __init__(self, optional, otherwise):
        self.type, self.optional, self.otherwise = otherwise.type, optional, otherwise

    def text(self):
        return "(%s ?? %s)" % (self.optional.text(), self.otherwise.text())

    def eval(self, env):
        value = self.optional.eval(env)
        return self.otherwise.eval(env) if value is None else value


class IsNull(Expr):
    type = "bool"

    def __init__(self, optional, op):
        self.optional, self.op = optional, op

    def text(self):
        # Where it is known to be there, its type is that of its value.
        return "((%s)%s %s null)" % (self.optional.type, self.optional.text(), self.op)

    def eval(self, env):
        return (self.optional.eval(env) is None) == (self.op == "==")


class LengthOrNone(Expr):
    """(text?.Length ?? other)"""
    type = "int"

    def __init__(self, optional, otherwise):
        self.optional, self.otherwise = optional, otherwise

    def text(self):
        return "(%s?.Length ?? %s)" % (self.optional.text(), self.otherwise.text())

    def eval(self, env):
        value = self.optional.eval(env)
        return self.otherwise.eval(env) if value is None else len(value)


class Lambda(Expr):
    """(int a) => e: what it captures is copied when it is made."""

    def __init__(self, type, names, body):
        self.type, self.names, self.body = type, names, body

    def text(self):
        params = ", ".join("%s %s" % pair for pair in zip(parts_of(self.type), self.names))
        return "(%s) => %s" % (params, self.body.text())

    def eval(self, env):
        captured = {name: copy(value) for name, value in env.vars.items()}
        this = env.this

        def call(run, args):
            inner = dict(captured)
            inner.update(zip(self.names, args))
            return copy(self.body.eval(Env(run, inner, this)))
        return call


class CallValue(Expr):
    """f(args) of a variable or field of a function type."""

    def __init__(self, callee, args):
        self.type, self.callee, self.args = result_of(callee.type), callee, args

    def text(self):
        return "%s(%s)" % (self.callee.text(), ", ".join(arg.text() for arg in self.args))

    def eval(self, env):
        run = env.run
        run.steps.take()
        function = self.callee.eval(env)
        args = [copy(arg.eval(env)) for arg in self.args]
        run.depth += 1
        if run.depth > run.MAX_DEPTH:
            raise TooLong()
        try:
            return function(run, args)
        finally:
            run.depth -= 1


class GenericFunction(Function):
    """func R Name<T>(…); inside, values of T are moved about and shown, but never looked into."""

    def instance(self, argument):
        made = Function("%s<%s>" % (self.name, argument), substitute(self.result, argument), instance_params(self, argument))
        made.body = self.body
        return made

    def head_name(self):
        return self.name + "<T>"


def instance_params(function, argument):
    return [Param(substitute(p.type, argument), p.name, p.by_ref, p.default) for p in function.params]


class GenericClass(ClassDecl):
    """class Name<T> with fields and methods that use T; instance() gives one type of it."""

    def written_name(self):
        return self.name + "<T>"

    def instance(self, argument):
        made = ClassDecl("%s<%s>" % (self.name, argument), None, [(substitute(t, argument), f) for t, f in self.fields])
        for method in self.methods:
            one = Function(method.name, substitute(method.result, argument), instance_params(method, argument))
            one.body = method.body
            made.methods.append(one)
        return made
