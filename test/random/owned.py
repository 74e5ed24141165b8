"""Values with one owner: locals that are moved, kept, replaced, and die where their owner ends.

OWN_PRELUDE has the classes and functions; what their destructors print is the order in which values end.
"""

from expressions import Expr
from statements import indent


OWN_PRELUDE = """own class Own {
    public int label;
    func Own(int label) { this.label = label; }
    func void Bump(int by) { label = label ^ by; }
    ~Own() { Console.WriteLine($"own {label}"); }
}
own class Nest {
    public int label;
    Own inner;
    func Nest(int label, own Own inner) { this.label = label; this.inner = inner; }
    ~Nest() { Console.WriteLine($"nest {label}"); }
}
func int Eat(own Own o, int more) { Console.WriteLine("eat"); return o.label ^ more; }
func int EatLast(int more, own Own o) { o.Bump(more); return o.label; }
func Own Same(own Own o, int more) { o.Bump(more); return o; }
"""


def end(run, value):
    """Runs the destructor of an own value."""
    if value.inner is None:
        run.print("own %d" % value.label)
    else:
        run.print("nest %d" % value.label)
        end(run, value.inner)


class OwnValue:
    def __init__(self, label, inner=None):
        self.label, self.inner = label, inner


def take(env, name):
    value = env.vars[name]
    env.vars[name] = None
    return value


class Label(Expr):
    """o.label of an own local that lives."""
    type = "int"

    def __init__(self, name):
        self.name = name

    def text(self):
        return self.name + ".label"

    def eval(self, env):
        return env.vars[self.name].label


class NewOwn:
    def __init__(self, label):
        self.label = label

    def text(self):
        return "new Own(%s)" % self.label.text()

    def make(self, env):
        return OwnValue(self.label.eval(env))


class MoveOf:
    """The value of a local, which has none from now on."""

    def __init__(self, name, word):
        self.name, self.word = name, word

    def text(self):
        return ("move " if self.word else "") + self.name

    def make(self, env):
        return take(env, self.name)


class SameOf:
    """Same(own value, e): a value that goes through a function, and is lost if `e` throws."""

    def __init__(self, value, more):
        self.value, self.more = value, more

    def text(self):
        return "Same(%s, %s)" % (self.value.text(), self.more.text())

    def make(self, env):
        value = self.value.make(env)
        try:
            value.label ^= self.more.eval(env)
        except BaseException:
            end(env.run, value)
            raise
        return value


class NewNest:
    def __init__(self, label, inner):
        self.label, self.inner = label, inner

    def text(self):
        return "new Nest(%s, %s)" % (self.label.text(), self.inner.text())

    def make(self, env):
        label = self.label.eval(env)
        return OwnValue(label, self.inner.make(env))


class OwnDecl:
    """var o = …; the block that declares it ends it, if nobody moved it."""

    def __init__(self, name, value):
        self.name, self.value = name, value

    def write(self, out, depth):
        out.append(indent(depth) + "var %s = %s;" % (self.name, self.value.text()))

    def run(self, env):
        env.vars[self.name] = self.value.make(env)

    def leave(self, env):
        value = take(env, self.name)
        if value:
            end(env.run, value)


class Replace:
    """o = …: the value that was there ends."""

    def __init__(self, name, value):
        self.name, self.value = name, value

    def write(self, out, depth):
        out.append(indent(depth) + "%s = %s;" % (self.name, self.value.text()))

    def run(self, env):
        made = self.value.make(env)
        old, env.vars[self.name] = env.vars[self.name], made
        if old:
            end(env.run, old)


class Bump:
    def __init__(self, name, by):
        self.name, self.by = name, by

    def write(self, out, depth):
        out.append(indent(depth) + "%s.Bump(%s);" % (self.name, self.by.text()))

    def run(self, env):
        self_value = env.vars[self.name]
        self_value.label ^= self.by.eval(env)


class Eat:
    """Console.WriteLine(Eat(o, e)), or EatLast(e, o)."""

    def __init__(self, value, more, last):
        self.value, self.more, self.last = value, more, last

    def write(self, out, depth):
        call = "EatLast(%s, %s)" % (self.more.text(), self.value.text()) if self.last else "Eat(%s, %s)" % (self.value.text(), self.more.text())
        out.append(indent(depth) + "Console.WriteLine(%s);" % call)

    def run(self, env):
        if self.last:
            more = self.more.eval(env)
            value = self.value.make(env)
            value.label ^= more
            result = value.label
        else:
            value = self.value.make(env)
            try:
                more = self.more.eval(env)
            except BaseException:
                end(env.run, value)
                raise
            env.run.print("eat")
            result = value.label ^ more
        end(env.run, value)
        env.run.print(str(result))
