"""Random statements and functions: each prints itself as Dream source and runs itself in Python."""

from expressions import Arithmetic, Element, TooLong, bounded
from values import DreamException, copy, show


class Break(Exception):
    pass


class Continue(Exception):
    pass


class Return(Exception):
    def __init__(self, value):
        self.value = value


class Env:
    """One call: its variables, `this`, and the run that it belongs to."""

    def __init__(self, run, vars, this):
        self.run, self.vars, self.this = run, vars, this


class Run:
    """One evaluation of a program: what it has printed, its module variables, and how long it may still go on."""

    MAX_DEPTH = 60

    def __init__(self, steps):
        self.steps, self.lines, self.globals, self.depth = steps, [], {}, 0

    def print(self, text):
        self.lines.append(bounded(text))

    def enter(self, function, vars, this):
        return Env(self, vars, this)


def indent(depth):
    return "    " * depth


class Block:
    def __init__(self, statements):
        self.statements = statements

    def write(self, out, depth):
        out.append(indent(depth) + "{")
        for statement in self.statements:
            statement.write(out, depth + 1)
        out.append(indent(depth) + "}")

    def run(self, env):
        """What is declared in the block and has a destructor dies at its end, newest first, however it is left."""
        declared = []
        try:
            for statement in self.statements:
                statement.run(env)
                if hasattr(statement, "leave"):
                    declared.append(statement)
        finally:
            for statement in reversed(declared):
                statement.leave(env)


class GuardDecl:
    """`Guard g = new Guard(label);` — an object whose destructor prints."""

    def __init__(self, name, label):
        self.name, self.label = name, label

    def write(self, out, depth):
        out.append(indent(depth) + "Guard %s = new Guard(%s);" % (self.name, self.label.text()))

    def run(self, env):
        env.vars[self.name] = self.label.eval(env)

    def leave(self, env):
        env.run.print("~" + str(env.vars[self.name]))


class Declare:
    def __init__(self, type, name, value, inferred):
        self.type, self.name, self.value, self.inferred = type, name, value, inferred

    def write(self, out, depth):
        type = "var" if self.inferred else self.type
        out.append(indent(depth) + "%s %s = %s;" % (type, self.name, self.value.text()))

    def run(self, env):
        env.vars[self.name] = copy(self.value.eval(env))


class Assign:
    """place = e, or place op= e with an operator that the place's type has."""

    def __init__(self, place, op, value):
        self.place, self.op, self.value = place, op, value

    def write(self, out, depth):
        out.append(indent(depth) + "%s %s= %s;" % (self.place.text(), self.op, self.value.text()))

    def run(self, env):
        place = self.place
        if isinstance(place, Element):
            index = place.place_index(env)
            if self.op:
                place.store_at(env, index, self.combine(env, place.load_at(env, index)))
            else:
                place.store_at(env, index, copy(self.value.eval(env)))
        elif self.op:
            place.store(env, self.combine(env, place.eval(env)))
        else:
            place.store(env, copy(self.value.eval(env)))

    def combine(self, env, old):
        value = self.value.eval(env)
        if self.place.type == "string":
            return bounded(old + show(self.value.type, value))
        if self.place.type == "double":
            return {"+": old + value, "-": old - value, "*": old * value}[self.op]
        from expressions import Literal
        return Arithmetic(self.op, Literal(self.place.type, old), Literal(self.place.type, value)).eval(env)


class Increment:
    def __init__(self, place, op, prefix):
        self.place, self.op, self.prefix = place, op, prefix

    def write(self, out, depth):
        place = self.place.text()
        out.append(indent(depth) + (self.op * 2 + place if self.prefix else place + self.op * 2) + ";")

    def run(self, env):
        from values import wrap
        self.place.store(env, wrap(self.place.type, self.place.eval(env) + (1 if self.op == "+" else -1)))


class Evaluate:
    def __init__(self, expr):
        self.expr = expr

    def write(self, out, depth):
        out.append(indent(depth) + self.expr.text() + ";")

    def run(self, env):
        self.expr.eval(env)


class Print:
    def __init__(self, expr):
        self.expr = expr

    def write(self, out, depth):
        out.append(indent(depth) + "Console.WriteLine(%s);" % self.expr.text())

    def run(self, env):
        env.run.print(show(self.expr.type, self.expr.eval(env)))


class If:
    def __init__(self, condition, then, otherwise):
        self.condition, self.then, self.otherwise = condition, then, otherwise

    def write(self, out, depth):
        out.append(indent(depth) + "if (%s)" % self.condition.text())
        self.then.write(out, depth)
        if self.otherwise:
            out.append(indent(depth) + "else")
            self.otherwise.write(out, depth)

    def run(self, env):
        if self.condition.eval(env):
            self.then.run(env)
        elif self.otherwise:
            self.otherwise.run(env)


class Loop:
    """A loop of `count` turns over `name`, written as for, while, do or foreach over a range."""

    def __init__(self, form, name, count, body):
        self.form, self.name, self.count, self.body = form, name, count, body

    def write(self, out, depth):
        if self.form == "for":
            out.append(indent(depth) + "for (int {0} = 0; {0} < {1}; {0}++)".format(self.name, self.count))
            self.body.write(out, depth)
        elif self.form == "range":
            out.append(indent(depth) + "foreach (var %s in 0..%d)" % (self.name, self.count))
            self.body.write(out, depth)
        else:
            out.append(indent(depth) + "int %s = -1;" % self.name)
            if self.form == "while":
                out.append(indent(depth) + "while (++%s < %d)" % (self.name, self.count))
                self.body.write(out, depth)
            else:
                out.append(indent(depth) + "do")
                out.append(indent(depth) + "{")
                out.append(indent(depth + 1) + "%s++;" % self.name)
                self.body.write(out, depth + 1)
                out.append(indent(depth) + "} while (%s < %d);" % (self.name, self.count - 1))

    def run(self, env):
        for turn in range(self.count):
            env.run.steps.take()
            env.vars[self.name] = turn
            try:
                self.body.run(env)
            except Continue:
                pass
            except Break:
                break


class Foreach:
    """Over a snapshot of an array: writes in the body go to a copy."""

    def __init__(self, type, name, array, body):
        self.type, self.name, self.array, self.body = type, name, array, body

    def write(self, out, depth):
        out.append(indent(depth) + "foreach (%s %s in %s)" % (self.type, self.name, self.array.text()))
        self.body.write(out, depth)

    def run(self, env):
        for value in copy(self.array.eval(env)):
            env.run.steps.take()
            env.vars[self.name] = value
            try:
                self.body.run(env)
            except Continue:
                pass
            except Break:
                break


class Leave:
    def __init__(self, word):
        self.word = word

    def write(self, out, depth):
        out.append(indent(depth) + self.word + ";")

    def run(self, env):
        raise Break() if self.word == "break" else Continue()


class Switch:
    def __init__(self, value, cases, default):
        self.value, self.cases, self.default = value, cases, default  # cases: [([Literal], Block)]

    def write(self, out, depth):
        out.append(indent(depth) + "switch (%s) {" % self.value.text())
        for labels, block in self.cases:
            for label in labels:
                out.append(indent(depth + 1) + "case %s:" % label.text())
            block.write(out, depth + 1)
            out.append(indent(depth + 1) + "break;")
        if self.default:
            out.append(indent(depth + 1) + "default:")
            self.default.write(out, depth + 1)
            out.append(indent(depth + 1) + "break;")
        out.append(indent(depth) + "}")

    def run(self, env):
        value = self.value.eval(env)
        for labels, block in self.cases:
            if any(label.eval(env) == value for label in labels):
                block.run(env)
                return
        if self.default:
            self.default.run(env)


class Throw:
    def __init__(self, type_name, message):
        self.type_name, self.message = type_name, message

    def write(self, out, depth):
        out.append(indent(depth) + "throw new %s(%s);" % (self.type_name, self.message.text()))

    def run(self, env):
        raise DreamException(self.type_name, self.message.eval(env))


class Try:
    PARENTS = {"ErrorA": "Exception", "ErrorB": "ErrorA", "ErrorC": "Exception", "Exception": None}

    def __init__(self, body, catches, final):
        self.body, self.catches, self.final = body, catches, final  # catches: [(type, name, guard or None, Block)]

    def write(self, out, depth):
        out.append(indent(depth) + "try")
        self.body.write(out, depth)
        for type, name, guard, block in self.catches:
            out.append(indent(depth) + "catch (%s %s)%s" % (type, name, " when (%s)" % guard.text() if guard else ""))
            block.write(out, depth)
        if self.final:
            out.append(indent(depth) + "finally")
            self.final.write(out, depth)

    def run(self, env):
        try:
            self.handle(env)
        except (TooLong, RecursionError):
            raise  # The program is thrown away: an error of its own in `finally` must not hide that.
        except BaseException:
            if self.final:
                self.final.run(env)
            raise
        if self.final:
            self.final.run(env)

    def handle(self, env):
        try:
            self.body.run(env)
        except DreamException as error:
            for type, name, guard, block in self.catches:
                if not self.matches(error.type_name, type):
                    continue
                env.vars[name] = error
                if guard and not guard.eval(env):
                    continue
                block.run(env)
                return
            raise

    def matches(self, thrown, wanted):
        while thrown:
            if thrown == wanted:
                return True
            thrown = self.PARENTS[thrown]
        return False


class ErrorMessage:
    """e.Message of a caught exception."""
    type = "string"

    def __init__(self, name):
        self.name = name

    def text(self):
        return self.name + ".Message"

    def eval(self, env):
        return env.vars[self.name].message


class ReturnValue:
    def __init__(self, value):
        self.value = value

    def write(self, out, depth):
        out.append(indent(depth) + "return %s;" % self.value.text())

    def run(self, env):
        raise Return(copy(self.value.eval(env)))


class Param:
    def __init__(self, type, name, by_ref=False, default=None):
        self.type, self.name, self.by_ref, self.default = type, name, by_ref, default

    def text(self):
        text = ("ref " if self.by_ref else "") + self.type + " " + self.name
        return text + " = " + self.default.text() if self.default else text


class Function:
    def __init__(self, name, result, params):
        self.name, self.result, self.params = name, result, params
        self.body, self.modifier = None, ""

    def write(self, out, depth):
        head = "%sfunc %s %s(%s)" % (self.modifier, self.result, self.head_name(), ", ".join(p.text() for p in self.params))
        out.append(indent(depth) + head)
        self.body.write(out, depth)
        out.append("")

    def head_name(self):
        return self.name

    def run(self, env):
        run = env.run
        run.depth += 1
        if run.depth > Run.MAX_DEPTH:
            raise TooLong()
        try:
            self.body.run(env)
        except Return as result:
            return result.value
        finally:
            run.depth -= 1
        return None


class StructDecl:
    def __init__(self, name, fields):
        self.name, self.fields = name, fields  # [(type, name)]

    def write(self, out, depth):
        out.append("struct %s {" % self.name)
        for type, field in self.fields:
            out.append("    public %s %s;" % (type, field))
        params = ", ".join("%s %s" % pair for pair in self.fields)
        out.append("    func %s(%s) {" % (self.name, params))
        for _, field in self.fields:
            out.append("        this.%s = %s;" % (field, field))
        out.append("    }")
        out.append("}")
        out.append("")


class ClassDecl:
    """A class with fields, a constructor that takes all of them, and virtual methods."""

    def __init__(self, name, base, fields):
        self.name, self.base, self.fields, self.methods = name, base, fields, []

    def all_fields(self):
        return (self.base.all_fields() if self.base else []) + self.fields

    def written_name(self):
        return self.name

    def find(self, method):
        for own in self.methods:
            if own.name == method:
                return own
        return self.base.find(method)

    def write(self, out, depth):
        out.append("class %s%s {" % (self.written_name(), " : " + self.base.name if self.base else ""))
        for type, field in self.fields:
            out.append("    public %s %s;" % (type, field))
        chain = ""
        if self.base:
            chain = " : base(%s)" % ", ".join(field for _, field in self.base.all_fields())
        params = ", ".join("%s %s" % pair for pair in self.all_fields())
        out.append("    func %s(%s)%s {" % (self.name, params, chain))
        for _, field in self.fields:
            out.append("        this.%s = %s;" % (field, field))
        out.append("    }")
        for method in self.methods:
            method.write(out, 1)
        out.append("}")
        out.append("")
