// Interning, spelling, layouts and kinds of types.
#include "compiler/types/types.h"
#include "gtest/gtest.h"

using namespace dream;

namespace {

struct Fixture {
  NameTable names;
  TypeTable types;
  explicit Fixture(unsigned pointerBytes = 8) : types(pointerBytes) {}

  TypeId make(NominalKind kind, llvm::StringRef name, llvm::ArrayRef<TypeId> fields, TypeId base = {}) {
    NominalId id = types.addNominal(kind, names.intern(name));
    NominalInfo &info = types.info(id);
    info.base = base;
    if (base.isValid())
      info.fields = types.info(base).fields;
    for (TypeId type : fields)
      info.fields.push_back({names.intern("f" + std::to_string(info.fields.size())), type, {}, false, false, id});
    return info.type;
  }
};

} // namespace

TEST(Types, equalTypesAreOneId) {
  Fixture f;
  TypeTable &t = f.types;
  EXPECT_EQ(t.array(types::Int32), t.array(types::Int32));
  EXPECT_NE(t.array(types::Int32), t.array(types::Int64));
  EXPECT_NE(t.array(types::Int32), t.fixedArray(types::Int32, 3));
  EXPECT_NE(t.fixedArray(types::Int32, 4), t.fixedArray(types::Int32, 3));
  EXPECT_NE(t.rect(types::Int32, 2), t.rect(types::Int32, 3));
  EXPECT_EQ(t.optional(t.optional(types::String)), t.optional(types::String));
  EXPECT_NE(t.pointer(types::Int32, true), t.pointer(types::Int32, false));
  EXPECT_EQ(t.func(types::Void, {types::Int32}, {PassMode::Ref}), t.func(types::Void, {types::Int32}, {PassMode::Ref}));
  EXPECT_NE(t.func(types::Void, {types::Int32}, {PassMode::Ref}), t.func(types::Void, {types::Int32}, {PassMode::Value}));
  Name a = f.names.intern("a");
  EXPECT_NE(t.tuple({types::Int32}, {a}), t.tuple({types::Int32}, {Name()}));
  TypeId p = f.make(NominalKind::Class, "P", {});
  EXPECT_EQ(p, t.nominal(t[p].nominal));
  for (unsigned i = 0; i < 10000; ++i)
    EXPECT_EQ(t.fixedArray(types::Char, i), t.fixedArray(types::Char, i));
}

TEST(Types, spelling) {
  Fixture f;
  TypeTable &t = f.types;
  EXPECT_EQ(t.spell(t.fixedArray(t.fixedArray(types::Int32, 3), 2)), "int[2][3]");
  EXPECT_EQ(t.spell(t.fixedArray(t.array(types::UInt8), 2)), "byte[2][]");
  EXPECT_EQ(t.spell(t.rect(types::Float64, 3)), "double[,,]");
  EXPECT_EQ(t.spell(t.array(t.optional(types::String))), "string?[]");
  EXPECT_EQ(t.spell(t.optional(t.array(types::String))), "string[]?");
  EXPECT_EQ(t.spell(t.pointer(types::Void, true)), "const void*");
  EXPECT_EQ(t.spell(t.func(types::Int32, {types::Int32, types::Bool}, {PassMode::Value, PassMode::Out})), "func int(int, out bool)");
  EXPECT_EQ(t.spell(t.tuple({types::Int32, types::Bool}, {f.names.intern("x"), Name()})), "(int x, bool)");
  EXPECT_EQ(t.spell(f.make(NominalKind::Struct, "Point", {})), "Point");
}

// Coverage 4.4: sizes of the primitives; isize by platform.
TEST(Layouts, primitives) {
  for (unsigned pointer : {4u, 8u}) {
    Fixture f(pointer);
    std::pair<TypeId, unsigned> sizes[] = {
        {types::Bool, 1}, {types::Char, 4}, {types::Int8, 1}, {types::UInt8, 1}, {types::Int16, 2}, {types::UInt16, 2},
        {types::Int32, 4}, {types::UInt32, 4}, {types::Float32, 4}, {types::Int64, 8}, {types::UInt64, 8},
        {types::Float64, 8}, {types::NInt, pointer}, {types::NUInt, pointer}, {types::String, pointer},
        {types::Object, pointer}, {f.types.array(types::Int8), pointer}, {f.types.optional(types::String), pointer},
        {f.types.pointer(types::Int8, false), pointer}};
    for (auto [type, size] : sizes) {
      EXPECT_EQ(f.types.layout(type).size, size) << f.types.spell(type);
      EXPECT_EQ(f.types.layout(type).align, size) << f.types.spell(type);
    }
  }
}

// Coverage 4.5: u8, u32, u16 at 0, 4, 8; 12 bytes.
TEST(Layouts, structsKeepTheirOrder) {
  Fixture f;
  TypeId s = f.make(NominalKind::Struct, "S", {types::UInt8, types::UInt32, types::UInt16});
  EXPECT_EQ(f.types.layout(s).size, 12u);
  EXPECT_EQ(f.types.layout(s).align, 4u);
  EXPECT_EQ(f.types.fieldOffset(s, 0), 0u);
  EXPECT_EQ(f.types.fieldOffset(s, 1), 4u);
  EXPECT_EQ(f.types.fieldOffset(s, 2), 8u);
  TypeId outer = f.make(NominalKind::Struct, "O", {types::UInt8, s, types::Float64});
  EXPECT_EQ(f.types.layout(outer).size, 24u);
  EXPECT_EQ(f.types.fieldOffset(outer, 1), 4u);
  EXPECT_EQ(f.types.layout(f.types.fixedArray(s, 3)).size, 36u);
  EXPECT_EQ(f.types.layout(f.make(NominalKind::Struct, "E", {})).size, 0u);
  TypeId tuple = f.types.tuple({types::UInt8, types::Int64}, {Name(), Name()});
  EXPECT_EQ(f.types.layout(tuple).size, 16u);
  EXPECT_EQ(f.types.fieldOffset(tuple, 1), 8u);
}

TEST(Layouts, classesInheritTheirFields) {
  Fixture f;
  TypeId base = f.make(NominalKind::Class, "B", {types::Int64, types::UInt8});
  TypeId derived = f.make(NominalKind::Class, "D", {types::UInt8, types::String}, base);
  EXPECT_EQ(f.types.layout(derived).size, 8u);
  EXPECT_EQ(f.types.objectLayout(base).size, 16u);
  EXPECT_EQ(f.types.objectLayout(derived).size, 24u);
  EXPECT_EQ(f.types.fieldOffset(derived, 1), f.types.fieldOffset(base, 1));
  EXPECT_EQ(f.types.fieldOffset(derived, 2), 9u);
}

// Coverage 4.6: tag, padding, largest variant (16 bytes); an optional reference is one pointer (8 bytes).
TEST(Layouts, enumsAndOptionals) {
  Fixture f;
  TypeId e = f.make(NominalKind::Enum, "E", {});
  NominalInfo &info = f.types.info(f.types[e].nominal);
  info.cases.resize(3);
  info.cases[1].parts = {{Name(), types::UInt8, {}}};
  info.cases[2].parts = {{Name(), types::Float64, {}}};
  EXPECT_EQ(f.types.layout(e).size, 16u);
  EXPECT_EQ(f.types.layout(e).align, 8u);
  TypeId plain = f.make(NominalKind::Enum, "P", {});
  f.types.info(f.types[plain].nominal).underlying = types::UInt8;
  f.types.info(f.types[plain].nominal).cases.resize(2);
  EXPECT_EQ(f.types.layout(plain).size, 1u);
  EXPECT_EQ(f.types.layout(f.types.optional(f.make(NominalKind::Class, "C", {}))).size, 8u);
  EXPECT_EQ(f.types.layout(f.types.optional(types::Int32)).size, 8u);
}

TEST(Kinds, aCompositeIsAsStrictAsItsParts) {
  Fixture f;
  TypeTable &t = f.types;
  TypeId c = f.make(NominalKind::Class, "C", {}), plain = f.make(NominalKind::Struct, "P", {types::Int32}),
         managed = f.make(NominalKind::Struct, "M", {types::Int32, types::String}),
         holder = f.make(NominalKind::Struct, "H", {managed, c});
  EXPECT_EQ(t.valueKind(types::Int32), ValueKind::Plain);
  EXPECT_EQ(t.valueKind(plain), ValueKind::Plain);
  EXPECT_EQ(t.valueKind(managed), ValueKind::Value);
  EXPECT_EQ(t.valueKind(holder), ValueKind::ClassRef);
  EXPECT_EQ(t.valueKind(t.array(types::Int32)), ValueKind::Value);
  EXPECT_EQ(t.valueKind(t.array(c)), ValueKind::ClassRef);
  EXPECT_EQ(t.valueKind(t.fixedArray(types::Int32, 4)), ValueKind::Plain);
  EXPECT_EQ(t.valueKind(t.optional(types::String)), ValueKind::Value);
  TypeId file = f.make(NominalKind::Struct, "File", {types::Int32});
  t.info(t[file].nominal).hasDestructor = true;
  EXPECT_EQ(t.valueKind(file), ValueKind::Own);
  EXPECT_TRUE(t.hasZeroValue(managed));
  EXPECT_FALSE(t.hasZeroValue(holder));
  EXPECT_FALSE(t.hasZeroValue(c));
  EXPECT_TRUE(t.hasZeroValue(t.optional(c)));
}

TEST(Kinds, dropSignificanceFlowsToHoldersBasesAndInterfaces) {
  Fixture f;
  TypeTable &t = f.types;
  TypeId i = f.make(NominalKind::Interface, "I", {}), base = f.make(NominalKind::Class, "Base", {}),
         derived = f.make(NominalKind::Class, "Derived", {}, base), other = f.make(NominalKind::Class, "Other", {types::String}),
         node = f.make(NominalKind::Class, "Node", {});
  t.info(t[node].nominal).fields.push_back({Name(), t.optional(node), {}});
  t.info(t[node].nominal).fields.push_back({Name(), t.array(base), {}});
  TypeId cyclic = f.make(NominalKind::Class, "Cyclic", {});
  t.info(t[cyclic].nominal).fields.push_back({Name(), t.optional(cyclic), {}});
  t.info(t[derived].nominal).hasDestructor = true;
  t.info(t[derived].nominal).interfaces.push_back(i);
  for (TypeId yes : {derived, base, i, node, types::Object, t.array(t.optional(node))})
    EXPECT_TRUE(t.isDropSignificant(yes)) << t.spell(yes);
  for (TypeId no : {other, cyclic, types::String, types::Int32, t.array(other)})
    EXPECT_FALSE(t.isDropSignificant(no)) << t.spell(no);
}

TEST(Kinds, subtypes) {
  Fixture f;
  TypeTable &t = f.types;
  TypeId i = f.make(NominalKind::Interface, "I", {}), base = f.make(NominalKind::Class, "Base", {}),
         derived = f.make(NominalKind::Class, "Derived", {}, base);
  t.info(t[derived].nominal).interfaces.push_back(i);
  EXPECT_TRUE(t.isSubtype(derived, base));
  EXPECT_FALSE(t.isSubtype(base, derived));
  EXPECT_TRUE(t.isSubtype(derived, i));
  EXPECT_FALSE(t.isSubtype(base, i));
  EXPECT_TRUE(t.isSubtype(i, types::Object));
  EXPECT_FALSE(t.isSubtype(types::Int32, types::Object));
}
