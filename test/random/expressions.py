"""Random expressions. Each class is one construct: it prints itself as Dream source and evaluates itself in Python.

Evaluation order is the language's: left to right, receiver, arguments.
"""

import operator

from values import INTS, DreamException, copy, divide, remainder, show, wrap


class Steps:
    """Bounds the length of a run, so that every generated program ends soon."""

    def __init__(self, limit):
        self.left = limit

    def take(self):
        self.left -= 1
        if self.left < 0:
            raise TooLong()


class TooLong(Exception):
    pass


def bounded(text):
    """A text, unless it has grown too long for a test: doubling in a loop would take all memory."""
    if len(text) > 2000:
        raise TooLong()
    return text


class Expr:
    type = "int"


class Literal(Expr):
    def __init__(self, type, value):
        self.type, self.value = type, value

    def text(self):
        if self.type == "string":
            return '"' + self.value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        if self.type == "double":
            return repr(self.value) if self.value >= 0 else "(%r)" % self.value
        if self.type == "bool":
            return "true" if self.value else "false"
        if self.type == "char":
            return "'%s'" % chr(self.value)
        suffix = {"long": "L", "uint": "u", "ulong": "ul"}.get(self.type, "")
        body = str(self.value) + suffix
        if self.type in ("byte", "sbyte", "short", "ushort"):
            body = "(%s)(%s)" % (self.type, body)
        return body if self.value >= 0 or body.startswith("(") else "(%s)" % body

    def eval(self, env):
        return self.value


class Local(Expr):
    def __init__(self, type, name):
        self.type, self.name = type, name

    def text(self):
        return self.name

    def eval(self, env):
        return env.vars[self.name]

    def store(self, env, value):
        env.vars[self.name] = value


class GlobalVar(Expr):
    def __init__(self, type, name):
        self.type, self.name = type, name

    def text(self):
        return self.name

    def eval(self, env):
        return env.run.globals[self.name]

    def store(self, env, value):
        env.run.globals[self.name] = value


class Arithmetic(Expr):
    """+ - * / % & | ^ on two operands of one integer type, int or wider; the divisor is made odd."""

    def __init__(self, op, lhs, rhs):
        self.op, self.lhs, self.rhs, self.type = op, lhs, rhs, lhs.type

    def text(self):
        if self.op in "/%":
            one = {"int": "1", "long": "1L", "uint": "1u", "ulong": "1ul"}[self.type]
            return "(%s %s (%s | %s))" % (self.lhs.text(), self.op, self.rhs.text(), one)
        return "(%s %s %s)" % (self.lhs.text(), self.op, self.rhs.text())

    def eval(self, env):
        a, b = self.lhs.eval(env), self.rhs.eval(env)
        if self.op == "+":
            r = a + b
        elif self.op == "-":
            r = a - b
        elif self.op == "*":
            r = a * b
        elif self.op == "/":
            r = divide(a, wrap(self.type, b | 1))
        elif self.op == "%":
            r = remainder(a, wrap(self.type, b | 1))
        elif self.op == "&":
            r = a & b
        elif self.op == "|":
            r = a | b
        else:
            r = a ^ b
        return wrap(self.type, r)


class Shift(Expr):
    def __init__(self, op, lhs, count):
        self.op, self.lhs, self.count, self.type = op, lhs, count, lhs.type

    def text(self):
        return "(%s %s %s)" % (self.lhs.text(), self.op, self.count.text())

    def eval(self, env):
        a, n = self.lhs.eval(env), self.count.eval(env)
        bits, signed = INTS[self.type]
        n &= bits - 1
        if self.op == "<<":
            return wrap(self.type, a << n)
        if self.op == ">>>":
            return wrap(self.type, (a & ((1 << bits) - 1)) >> n)
        return wrap(self.type, a >> n)


class DoubleArithmetic(Expr):
    type = "double"

    def __init__(self, op, lhs, rhs):
        self.op, self.lhs, self.rhs = op, lhs, rhs

    def text(self):
        return "(%s %s %s)" % (self.lhs.text(), self.op, self.rhs.text())

    def eval(self, env):
        a, b = self.lhs.eval(env), self.rhs.eval(env)
        if self.op == "+":
            return a + b
        if self.op == "-":
            return a - b
        if self.op == "*":
            return a * b
        if b == 0:
            nan = a == 0 or a != a
            minus = (str(a)[0] == "-") != (str(b)[0] == "-")
            return float("nan") if nan else float("-inf") if minus else float("inf")
        return a / b


class Negate(Expr):
    def __init__(self, op, operand):
        self.op, self.operand, self.type = op, operand, operand.type

    def text(self):
        return "(%s%s)" % (self.op, self.operand.text())

    def eval(self, env):
        value = self.operand.eval(env)
        if self.op == "!":
            return not value
        if self.type == "double":
            return -value
        return wrap(self.type, -value if self.op == "-" else ~value)


class Convert(Expr):
    """A cast between integer types, or from an integer to double."""

    def __init__(self, type, operand):
        self.type, self.operand = type, operand

    def text(self):
        return "((%s)%s)" % (self.type, self.operand.text())

    def eval(self, env):
        value = self.operand.eval(env)
        return float(value) if self.type == "double" else wrap(self.type, value)


class Widen(Expr):
    """An implicit conversion: prints as its operand."""

    def __init__(self, type, operand):
        self.type, self.operand = type, operand

    def text(self):
        return self.operand.text()

    def eval(self, env):
        value = self.operand.eval(env)
        return float(value) if self.type == "double" else value


class Compare(Expr):
    type = "bool"
    OPS = {"==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}

    def __init__(self, op, lhs, rhs):
        self.op, self.lhs, self.rhs = op, lhs, rhs

    def text(self):
        return "(%s %s %s)" % (self.lhs.text(), self.op, self.rhs.text())

    def eval(self, env):
        a, b = self.lhs.eval(env), self.rhs.eval(env)
        return self.OPS[self.op](a, b)


class Logical(Expr):
    type = "bool"

    def __init__(self, op, lhs, rhs):
        self.op, self.lhs, self.rhs = op, lhs, rhs

    def text(self):
        return "(%s %s %s)" % (self.lhs.text(), self.op, self.rhs.text())

    def eval(self, env):
        if self.op == "&&":
            return self.lhs.eval(env) and self.rhs.eval(env)
        return self.lhs.eval(env) or self.rhs.eval(env)


class Conditional(Expr):
    def __init__(self, condition, a, b):
        self.condition, self.a, self.b, self.type = condition, a, b, a.type

    def text(self):
        return "(%s ? %s : %s)" % (self.condition.text(), self.a.text(), self.b.text())

    def eval(self, env):
        return (self.a if self.condition.eval(env) else self.b).eval(env)


class Concat(Expr):
    type = "string"

    def __init__(self, lhs, rhs):
        self.lhs, self.rhs = lhs, rhs

    def text(self):
        return "(%s + %s)" % (self.lhs.text(), self.rhs.text())

    def eval(self, env):
        a = show(self.lhs.type, self.lhs.eval(env))
        return bounded(a + show(self.rhs.type, self.rhs.eval(env)))


class Interpolated(Expr):
    """$"…{hole,width:format}…"; formats D and X of ints only."""
    type = "string"

    def __init__(self, parts):
        self.parts = parts  # str, or (Expr, width, format)

    def text(self):
        out = '$"'
        for part in self.parts:
            if isinstance(part, str):
                out += part.replace("{", "{{").replace("}", "}}")
            else:
                expr, width, fmt = part
                out += "{" + expr.text() + (",%d" % width if width else "") + (":" + fmt if fmt else "") + "}"
        return out + '"'

    def eval(self, env):
        out = ""
        for part in self.parts:
            if isinstance(part, str):
                out += part
                continue
            expr, width, fmt = part
            value = expr.eval(env)
            if fmt[:1] == "D":
                digits = str(abs(value)).rjust(int(fmt[1:] or 0), "0")
                text = ("-" if value < 0 else "") + digits
            elif fmt[:1] == "X":
                bits = INTS[expr.type][0]
                text = ("%X" % (value & ((1 << bits) - 1))).rjust(int(fmt[1:] or 0), "0")
            else:
                text = show(expr.type, value)
            out += text.rjust(width) if width > 0 else text.ljust(-width)
        return bounded(out)


class Length(Expr):
    def __init__(self, operand):
        self.operand = operand

    def text(self):
        return self.operand.text() + ".Length"

    def eval(self, env):
        return len(self.operand.eval(env))


def wrapped_index(index, length):
    return remainder(index & 0x7FFFFFFF, length)


class Element(Expr):
    """array[(i & 0x7FFFFFFF) % array.Length] of an array that is never empty; the array is a place without effects."""

    def __init__(self, type, array, index):
        self.type, self.array, self.index = type, array, index

    def text(self):
        a = self.array.text()
        return "%s[(%s & 0x7FFFFFFF) %% %s.Length]" % (a, self.index.text(), a)

    def eval(self, env):
        index = self.index.eval(env)
        array = self.array.eval(env)
        return array[wrapped_index(index, len(array))]

    def place_index(self, env):
        """The index, worked out before the value that will be stored."""
        index = self.index.eval(env)
        return wrapped_index(index, len(self.array.eval(env)))

    def load_at(self, env, index):
        array = self.array.eval(env)
        if index >= len(array):
            raise TooLong()  # the program would panic
        return array[index]

    def store_at(self, env, index, value):
        array = self.array.eval(env)
        if index >= len(array):
            raise TooLong()
        array[index] = value


class ArrayLiteral(Expr):
    def __init__(self, type, parts):
        self.type, self.parts = type, parts

    def text(self):
        return "[" + ", ".join(part.text() for part in self.parts) + "]"

    def eval(self, env):
        return [copy(part.eval(env)) for part in self.parts]


class FieldOf(Expr):
    """object.field, for structs and class objects; the object is a place without effects."""

    def __init__(self, type, object, name):
        self.type, self.object, self.name = type, object, name

    def text(self):
        return self.object.text() + "." + self.name

    def eval(self, env):
        return self.object.eval(env).fields[self.name]

    def store(self, env, value):
        self.object.eval(env).fields[self.name] = value


class This(Expr):
    def __init__(self, decl):
        self.type, self.decl = decl.name, decl

    def text(self):
        return "this"

    def eval(self, env):
        return env.this


class NewStruct(Expr):
    def __init__(self, decl, args):
        self.type, self.decl, self.args = decl.name, decl, args

    def text(self):
        return "new %s(%s)" % (self.decl.name, ", ".join(arg.text() for arg in self.args))

    def eval(self, env):
        from values import Struct
        values = [copy(arg.eval(env)) for arg in self.args]
        return Struct(self.decl, {field: value for (_, field), value in zip(self.decl.fields, values)})


class NewObject(Expr):
    def __init__(self, decl, args):
        self.type, self.decl, self.args = decl.name, decl, args

    def text(self):
        return "new %s(%s)" % (self.decl.name, ", ".join(arg.text() for arg in self.args))

    def eval(self, env):
        from values import Instance
        values = [copy(arg.eval(env)) for arg in self.args]
        instance = Instance(self.decl)
        for (_, field), value in zip(self.decl.all_fields(), values):
            instance.fields[field] = value
        return instance


class Call(Expr):
    """A call of a function or method. `by_ref` arguments are Locals passed with `ref`."""

    def __init__(self, function, args, receiver=None, named=False):
        self.type, self.function, self.args, self.receiver, self.named = function.result, function, args, receiver, named

    def text(self):
        parts = []
        for i, arg in enumerate(self.args):
            param = self.function.params[i]
            text = ("ref " if param.by_ref else "") + arg.text()
            if self.named and i == len(self.args) - 1 and not param.by_ref:
                text = param.name + ": " + text
            parts.append(text)
        prefix = self.receiver.text() + "." if self.receiver else ""
        return prefix + self.function.name + "(" + ", ".join(parts) + ")"

    def eval(self, env):
        env.run.steps.take()
        receiver = self.receiver.eval(env) if self.receiver else None
        function = self.function
        if receiver is not None:
            function = receiver.decl.find(function.name)
        values = {}
        for param, arg in zip(function.params, self.args):
            values[param.name] = arg.eval(env) if param.by_ref else copy(arg.eval(env))
        for param in function.params[len(self.args):]:
            values[param.name] = param.default.eval(env)
        inner = env.run.enter(function, values, receiver)
        try:
            result = function.run(inner)
        finally:
            for param, arg in zip(function.params, self.args):
                if param.by_ref:
                    arg.store(env, inner.vars[param.name])
        return copy(result)


class Throwing(Expr):
    """`condition ? value : throw new E("m")`"""

    def __init__(self, condition, value, type_name, message):
        self.type, self.condition, self.value, self.type_name, self.message = value.type, condition, value, type_name, message

    def text(self):
        return '(%s ? %s : throw new %s("%s"))' % (self.condition.text(), self.value.text(), self.type_name, self.message)

    def eval(self, env):
        if self.condition.eval(env):
            return self.value.eval(env)
        raise DreamException(self.type_name, self.message)
