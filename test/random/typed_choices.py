"""The generator's choices for the typed language (typed.py) and for values with one owner (owned.py)."""

import expressions as ex
import owned as ow
import statements as st
import typed as ty
from values import INTS

PAYLOADS = ["int", "int", "string", "long", "bool"]
ARGUMENTS = ["int", "string", "long", "bool", "double", "uint"]
COMPARED = ["int", "string", "long", "bool"]


class DeadEnd(Exception):
    """There is no value of T at hand where one is needed."""


class TypedChoices:
    """Mixed into Generator."""

    def start_typed(self):
        self.enums, self.generics, self.instances = [], [], []
        self.owns = []          # [{name, kind, alive, loops, block}] in scope
        self.turns = 0          # loops around the statement, in the function
        self.tries = 0          # try statements around it
        self.blocks = 0         # blocks around it
        self.in_lambda = False

    def some_t(self):
        places = self.places("T")
        if not places:
            raise DeadEnd()
        return self.pick(places)

    # -- declarations
    def add_enums(self):
        for _ in range(self.random.randint(0, 2)):
            cases = []
            for _ in range(self.random.randint(2, 4)):
                kinds = PAYLOADS + ["int[]"] + [e.name for e in self.enums]
                cases.append((self.name("K"), [self.pick(kinds) for _ in range(self.random.randint(0, 2))]))
            self.enums.append(ty.EnumDecl(self.name("E"), cases))

    def is_plain(self, type):
        """Whether values can be shown and compared."""
        decl = self.enum(type)
        return type in COMPARED or (decl is not None and all(self.is_plain(t) for _, types in decl.cases for t in types))

    def enum(self, type):
        return next((e for e in self.enums if e.name == type), None)

    def add_generic_function(self):
        self.this = self.function = None
        params = [st.Param(self.pick(["T", "T", "T[]", "T?", "int", "func T(T)", "func int(T)"]), self.name("p")) for _ in range(self.random.randint(0, 2))]
        params.insert(self.random.randint(0, len(params)), st.Param("T", self.name("p"), by_ref=self.chance(0.2)))
        function = ty.GenericFunction(self.name("F"), self.pick(["T", "T", "T[]", "int", "string", "T?"]), params)
        self.make_body(function, None, 5)
        self.generics.append(function)

    def add_generic_class(self):
        fields = [("T", self.name("f"))] + [(self.pick(["T", "T[]", "int", "T?", "func T(T)"]), self.name("f")) for _ in range(self.random.randint(0, 2))]
        decl = ty.GenericClass(self.name("B"), None, fields)
        for _ in range(self.random.randint(1, 2)):
            self.function = None
            params = [st.Param(self.pick(["T", "int", "string"]), self.name("p")) for _ in range(self.random.randint(0, 2))]
            method = st.Function(self.name("M"), self.pick(["T", "int", "string"]), params)
            self.make_body(method, decl, 4)
            decl.methods.append(method)
        self.generic_classes.append(decl)
        for argument in self.random.sample(ARGUMENTS, self.random.randint(1, 2)):
            self.instances.append(decl.instance(argument))

    def generic_calls(self, type):
        """Instances of generic functions that give a type."""
        found = []
        for function in self.generics:
            for argument in ARGUMENTS + (["T"] if self.is_generic() else []):
                if ty.substitute(function.result, argument) == type:
                    found.append((function, argument))
        if not found:
            return []
        function, argument = self.pick(found)
        return [function.instance(argument)]

    def is_generic(self):
        return isinstance(self.function, ty.GenericFunction) or isinstance(self.this, ty.GenericClass)

    # -- types
    def typed_type(self):
        """A type of this file's kinds."""
        r = self.random.random()
        if self.is_generic() and r < 0.4:
            return self.pick(["T", "T", "T[]", "T?"])
        if r < 0.55 and self.enums:
            return self.pick(self.enums).name
        if r < 0.68:
            return "(%s)" % ", ".join(self.pick(["int", "string", "bool", "long"]) for _ in range(self.random.randint(2, 3)))
        if r < 0.78:
            return self.pick(["int", "string", "long", "double"]) + "?"
        if r < 0.92:
            params = [self.pick(["int", "string", "int"]) for _ in range(self.random.randint(0, 2))]
            return "func %s(%s)" % (self.pick(["int", "string", "bool", "long"]), ", ".join(params))
        if self.instances:
            return self.pick(self.instances).name
        return "int?"

    # -- expressions
    def typed_leaf(self, type, depth, made):
        """A new value of one of this file's types, its parts made by `made(type)`; None for another type."""
        decl = self.enum(type)
        if decl:
            index = self.random.randrange(len(decl.cases))
            return ty.MakeVariant(decl, index, [made(t) for t in decl.cases[index][1]])
        if type.startswith("func "):
            return self.make_lambda(type, made)
        if type.endswith("?"):
            return ty.Null(type) if self.chance(0.35) else ty.ToOptional(type, made(type[:-1]))
        if type.startswith("("):
            return ty.MakeTuple(type, [self.exact(made(t)) for t in ty.parts_of(type)])
        for one in self.instances:
            if one.name == type:
                return ex.NewObject(one, [made(t) for t, _ in one.all_fields()])
        return None

    def exact(self, value):
        """A value whose own type is the wanted one, where nothing would convert it."""
        return ex.Convert(value.type, value) if value.type in INTS or value.type == "double" else value

    def make_lambda(self, type, made):
        names = [self.name("a") for _ in ty.parts_of(type)]
        saved = self.locals, self.in_lambda, self.owns
        refs = {p.name for p in self.function.params if p.by_ref} if self.function else set()
        self.locals = [one for one in self.locals if one[1] not in refs]
        self.locals += [(t, name, False) for t, name in zip(ty.parts_of(type), names)]
        self.in_lambda, self.owns = True, []
        body = self.exact(made(ty.result_of(type)))
        self.locals, self.in_lambda, self.owns = saved
        return ty.Lambda(type, names, body)

    def typed_use(self, type, depth):
        """An expression of a type that takes one of this file's values apart, or None."""
        r = self.random.random()
        if r < 0.2 and self.owns and type == "int" and not self.in_lambda:
            alive = [o for o in self.owns if o["alive"]]
            if alive:
                return ow.Label(self.pick(alive)["name"])
        if r < 0.4:
            return self.match(type, depth)
        if r < 0.6:
            optionals = self.places(type + "?")
            if optionals:
                return ty.Coalesce(self.pick(optionals), self.expr(type, depth - 1))
            texts = self.places("string?")
            if texts and type == "int":
                return ty.LengthOrNone(self.pick(texts), self.expr("int", depth - 2))
        if r < 0.85 and self.calls:
            functions = [p for p in self.typed_places("func ") if ty.result_of(p.type) == type]
            if functions:
                callee = self.pick(functions)
                return ty.CallValue(callee, [self.expr(t, depth - 2) for t in ty.parts_of(callee.type)])
        if type == "bool":
            optionals = [p for p in self.typed_places("") if p.type.endswith("?")]
            if optionals:
                return ty.IsNull(self.pick(optionals), self.pick(["==", "!="]))
            enums = [p for p in self.typed_places("") if self.enum(p.type) and self.is_plain(p.type)]
            if enums:
                one = self.pick(enums)
                return ex.Compare(self.pick(["==", "!="]), one, self.expr(one.type, depth - 1))
        parts = [(p, i) for p in self.typed_places("(") for i, t in enumerate(ty.parts_of(p.type)) if t == type]
        if parts:
            place, index = self.pick(parts)
            return ty.TuplePart(type, place, index)
        return None

    def typed_places(self, prefix):
        types = {t for t, *_ in self.locals} | {t for t, _ in self.globals}
        if self.this:
            types |= {t for t, _ in self.this.all_fields()}
        return [place for type in sorted(types) if type.startswith(prefix) for place in self.places(type)]

    def subject(self, depth):
        """Something to match: a place of an enum or a tuple where there is one."""
        places = [p for p in self.typed_places("") if self.enum(p.type) or p.type.startswith("(")]
        if places and self.chance(0.8):
            return self.pick(places)
        return self.expr(self.pick(["int", "string", "bool"] + [e.name for e in self.enums]), depth - 1)

    def match(self, type, depth):
        if type not in COMPARED + ["double"] or depth < 2 or self.in_hole:
            return None
        subject = self.subject(depth)
        arms, mark = [], len(self.locals)
        for _ in range(self.random.randint(1, 4)):
            pattern = self.pattern(subject.type)
            guard = self.expr("bool", 1) if self.chance(0.2) else None
            arms.append((pattern, guard, self.exact(self.expr(type, depth - 2))))
            del self.locals[mark:]
        arms.append((ty.AnyPattern(), None, self.exact(self.expr(type, depth - 2))))
        return ty.Match(type, subject, arms)

    def pattern(self, type, depth=2):
        """A pattern for a type; what it binds is in scope afterwards."""
        r = self.random.random()
        if r < 0.2 or depth == 0:
            return ty.AnyPattern()
        if r < 0.4:
            name = self.name("b")
            self.locals.append((type, name, False))
            return ty.BindPattern(name)
        decl = self.enum(type)
        if decl:
            index = self.random.randrange(len(decl.cases))
            return ty.CasePattern(decl, index, [self.pattern(t, depth - 1) for t in decl.cases[index][1]], self.chance(0.5))
        if type.startswith("("):
            return ty.TuplePattern([self.pattern(t, depth - 1) for t in ty.parts_of(type)])
        if type == "int":
            op = self.pick(["", "", "<", ">=", "not"])
            return ty.ValuePattern(op, [self.literal(type) for _ in range(1 if op else self.random.randint(1, 3))])
        if type in ("string", "bool"):
            return ty.ValuePattern("", [self.literal(type)])
        return ty.AnyPattern()

    # -- statements
    def typed_statement(self, depth):
        r = self.random.random()
        if r < 0.2:
            tuples = self.typed_places("(")
            if tuples:
                value = self.pick(tuples)
                names = [self.name("d") for _ in ty.parts_of(value.type)]
                self.locals += [(t, name, True) for t, name in zip(ty.parts_of(value.type), names)]
                return ty.Deconstruct(names, value)
        if r < 0.4:
            shown = [p for p in self.typed_places("") if self.is_plain(p.type) or p.type.startswith("(")]
            if shown:
                return st.Print(self.pick(shown))
        if r < 0.6 and depth > 0:
            mark = len(self.locals)
            test = ty.IsPattern(self.subject(2), None)
            test.pattern = self.pattern(test.subject.type)
            if isinstance(test.pattern, ty.CasePattern):
                then = self.block(self.random.randint(1, 3), depth - 1)
                del self.locals[mark:]
                return st.If(test, then, self.block(2, depth - 1) if self.chance(0.4) else None)
            del self.locals[mark:]
        return self.own_statement()

    def own_statement(self):
        alive = [o for o in self.owns if o["alive"]]
        if not alive or self.chance(0.35):
            name = self.name("o")
            value, kind = self.new_own()
            self.owns.append({"name": name, "kind": kind, "alive": True, "turns": self.turns, "tries": self.tries, "block": self.blocks})
            return ow.OwnDecl(name, value)
        one = self.pick(alive)
        if one["kind"] == "Own" and self.chance(0.3):
            return ow.Bump(one["name"], self.expr("int", 1))
        if self.chance(0.3):
            value, kind = self.new_own(one["kind"])
            return ow.Replace(one["name"], value)
        return self.eat()

    def movable(self, kind):
        found = [o for o in self.owns if o["alive"] and o["kind"] == kind and o["turns"] == self.turns and not self.final]
        if not found or self.in_lambda:
            return None
        one = self.pick(found)
        one["alive"] = False
        return ow.MoveOf(one["name"], self.chance(0.5))

    def own_value(self):
        """An own value of the kind Own: a new one, one that is moved, or one that comes through a function."""
        value = (self.movable("Own") if self.chance(0.5) else None) or ow.NewOwn(self.expr("int", 1))
        return ow.SameOf(value, self.expr("int", 1)) if self.chance(0.2) else value

    def new_own(self, kind=None):
        kind = kind or self.pick(["Own", "Own", "Nest"])
        if kind == "Own":
            return self.own_value(), kind
        return ow.NewNest(self.expr("int", 1), self.own_value()), kind

    def eat(self):
        if self.chance(0.5):
            value = self.own_value()
            return ow.Eat(value, self.expr("int", 1), False)
        more = self.expr("int", 1)
        return ow.Eat(self.own_value(), more, True)
