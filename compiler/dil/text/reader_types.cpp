// Types in DIL text: their spelling, and the declarations of nominal types.
#include "compiler/dil/text/names.h"
#include "compiler/dil/text/reader.h"
#include "llvm/ADT/StringSwitch.h"

namespace dream::dil {

/// Deeper nesting would bring recursive questions about types (layout, copying) too near the end of the stack.
static constexpr unsigned kMaxDepth = 64;

//===-- Spelling ----------------------------------------------------------------------------------------------===//

bool Reader::fixedType(llvm::StringRef word, TypeId &id) const {
  id = llvm::StringSwitch<TypeId>(word)
           .Case("error", types::Error)
           .Case("void", types::Void)
           .Case("never", types::Never)
           .Case("null", types::Null)
           .Case("bool", types::Bool)
           .Case("char", types::Char)
           .Case("sbyte", types::Int8)
           .Case("byte", types::UInt8)
           .Case("short", types::Int16)
           .Case("ushort", types::UInt16)
           .Case("int", types::Int32)
           .Case("uint", types::UInt32)
           .Case("long", types::Int64)
           .Case("ulong", types::UInt64)
           .Case("nint", types::NInt)
           .Case("nuint", types::NUInt)
           .Case("float", types::Float32)
           .Case("double", types::Float64)
           .Case("string", types::String)
           .Case("object", types::Object)
           .Default(TypeId());
  return id.isValid();
}

bool Reader::type(TypeId &id, unsigned depth) {
  if (depth > kMaxDepth) {
    diags.report(DiagId::DilTooDeep, peek().loc) << int64_t(kMaxDepth);
    return false;
  }
  if (!baseType(id, depth))
    return false;
  for (unsigned suffixes = depth;; ++suffixes) {
    if (suffixes > kMaxDepth) {
      diags.report(DiagId::DilTooDeep, peek().loc) << int64_t(kMaxDepth);
      return false;
    }
    if (accept("?"))
      id = module.types.optional(id);
    else if (peek().is("weak")) {
      next();
      id = module.types.weak(id);
    }
    else if (accept("*"))
      id = module.types.pointer(id, false);
    else if (peek().is("const")) {
      next();
      if (!expect("*"))
        return false;
      id = module.types.pointer(id, true);
    } else if (peek().is("[")) {
      if (!brackets(id))
        return false;
    } else
      return true;
  }
}

/// A run of brackets, outermost first.
bool Reader::brackets(TypeId &id) {
  struct Pair { unsigned rank; uint64_t count; };
  llvm::SmallVector<Pair, 4> pairs;
  while (accept("[")) {
    Pair pair{1, 0};
    bool isFixed = peek().kind == TokenKind::Integer;
    if (isFixed) {
      SourceLoc loc = peek().loc;
      if (!integer(pair.count))
        return false;
      if (pair.count > UINT32_MAX) {
        diags.report(DiagId::DilBadToken, loc) << "this array is too long";
        return false;
      }
      pair.rank = 0;
    } else {
      while (accept(","))
        ++pair.rank;
    }
    if (!expect("]"))
      return false;
    pairs.push_back(pair);
    if (pairs.size() > kMaxDepth) {
      diags.report(DiagId::DilTooDeep, peek().loc) << int64_t(kMaxDepth);
      return false;
    }
  }
  for (const Pair &pair : llvm::reverse(pairs))
    id = pair.rank == 0   ? module.types.fixedArray(id, pair.count)
         : pair.rank == 1 ? module.types.array(id)
                          : module.types.rect(id, pair.rank);
  return true;
}

bool Reader::baseType(TypeId &id, unsigned depth) {
  Token token = peek();
  if (accept("func")) {
    bool returnsRef = accept("ref");
    TypeId result;
    llvm::SmallVector<TypeId, 4> params;
    llvm::SmallVector<PassMode, 4> modes;
    if (!type(result, depth + 1) || !expect("("))
      return false;
    while (!accept(")")) {
      if (!params.empty() && !expect(","))
        return false;
      PassMode mode = accept("ref") ? PassMode::Ref : accept("in") ? PassMode::In : accept("out") ? PassMode::Out : PassMode::Value;
      modes.push_back(mode);
      if (!type(params.emplace_back(), depth + 1))
        return false;
    }
    id = module.types.func(result, params, modes, returnsRef);
    return true;
  }
  if (accept("(")) {
    llvm::SmallVector<TypeId, 4> parts;
    llvm::SmallVector<Name, 4> partNames;
    while (!accept(")")) {
      if ((!parts.empty() && !expect(",")) || !type(parts.emplace_back(), depth + 1))
        return false;
      partNames.emplace_back();
      if ((peek().kind == TokenKind::Word || peek().kind == TokenKind::String) && !fieldName(partNames.back()))
        return false;
    }
    id = module.types.tuple(parts, partNames);
    return true;
  }
  if (token.kind != TokenKind::Word && token.kind != TokenKind::String)
    return expected("a type");
  next();
  if (token.kind == TokenKind::Word && fixedType(token.text, id))
    return true;
  auto found = nominals.find(unquote(token.text));
  if (found == nominals.end())
    return unknown("type", token);
  id = found->second;
  return true;
}

//===-- Declarations ------------------------------------------------------------------------------------------===//

void Reader::registerNominal(NominalKind kind, size_t item) {
  if (peek().kind != TokenKind::Symbol)
    return; // reported when its line is read
  std::string name = unquote(peek().text);
  NominalId id = module.types.addNominal(kind, module.names.intern(name));
  NominalInfo &info = module.types.info(id);
  info.qualifiedName = name;
  info.range = {peek().loc, peek().loc.plus(uint32_t(peek().text.size()))};
  if (!nominals.try_emplace(name, info.type).second)
    diags.report(DiagId::DilRedefined, peek().loc) << "type" << name;
  declared.push_back({id, item, {}});
}

void Reader::declarations() {
  bool isGood = true;
  for (size_t i = 0; i < items.size(); ++i) {
    Token token = enter(i);
    bool isNominal = llvm::any_of(words::kNominalKinds, [&](llvm::StringRef word) { return token.is(word); });
    if (isNominal && peek().kind != TokenKind::Symbol)
      isGood = expected("a symbol");
  }
  for (Declaration &declaration : declared) {
    enter(declaration.item);
    next();
    if (!nominalLine(declaration))
      isGood = false;
    else if (peek().kind != TokenKind::End)
      isGood = expected("the end of the declaration");
  }
  if (isGood)
    inheritFields();
  checkContainment();
}

bool Reader::nominalLine(Declaration &declaration) {
  NominalInfo &info = module.types.info(declaration.id);
  if (accept(":"))
    do {
      SourceLoc loc = peek().loc;
      TypeId base;
      if (!type(base))
        return false;
      TypeKind kind = module.types.kind(base);
      if (info.kind == NominalKind::Enum && module.types.isInteger(base))
        info.underlying = base;
      else if (info.kind == NominalKind::Class && kind == TypeKind::Class && !info.base.isValid())
        info.base = base;
      else if (kind == TypeKind::Interface)
        info.interfaces.push_back(base);
      else {
        diags.report(DiagId::DilExpected, loc) << "an interface, a base class or the integer under an enum";
        return false;
      }
    } while (accept(","));
  if (!expect("{"))
    return false;
  if (info.kind == NominalKind::Enum ? !enumCases(info) : !fieldList(declaration.ownFields, "}"))
    return false;
  for (FieldInfo &field : declaration.ownFields)
    field.owner = declaration.id;
  for (;;) {
    if (accept("abstract"))
      info.isAbstract = true;
    else if (accept("sealed"))
      info.isSealed = true;
    else if (accept("own"))
      info.isOwn = true;
    else if (accept("destructor"))
      info.hasDestructor = true;
    else if (accept("packed"))
      info.isPacked = true;
    else if (accept("c_layout"))
      info.isCLayout = true;
    else if (accept("stack"))
      info.isOnStack = true;
    else if (accept("align")) {
      if (!index(info.align) || !llvm::isPowerOf2_32(info.align) || info.align > kMostAlign)
        return expected("an alignment of 1, 2, 4, 8 or 16");
    } else if (peek().is("view") || peek().is("readonly")) {
      info.isReadOnlyView = accept("readonly");
      if (!expect("view"))
        return false;
      bool hasPointer = !declaration.ownFields.empty() && module.types.kind(declaration.ownFields[0].type) == TypeKind::Pointer;
      if (info.kind != NominalKind::Struct || declaration.ownFields.size() != 2 || !hasPointer || declaration.ownFields[1].type != types::Int32)
        return expected("a struct of a pointer and an int before 'view'");
      info.viewOf = module.types[declaration.ownFields[0].type].element;
    } else if (accept("slots")) {
      if (!index(info.slotCount))
        return false;
    } else if (peek().is("spelled") || peek().is("qualified")) {
      bool isSpelled = next().text == "spelled";
      if (peek().kind != TokenKind::String)
        return expected("a name in quotes");
      std::string text = unquote(next().text);
      if (isSpelled)
        info.name = module.names.intern(text);
      // A spelled name stands before the qualified one, which follows it unless it is given.
      info.qualifiedName = text;
    } else
      return true;
  }
}

bool Reader::fieldName(Name &name) {
  if (peek().kind != TokenKind::Word && peek().kind != TokenKind::String)
    return expected("a name");
  std::string text = unquote(next().text);
  name = text.empty() ? Name() : module.names.intern(text);
  return true;
}

/// Behind the opening bracket, up to and with the closing one.
bool Reader::fieldList(std::vector<FieldInfo> &fields, llvm::StringRef close) {
  bool isFirst = true;
  while (!accept(close)) {
    if (!isFirst && !expect(","))
      return false;
    isFirst = false;
    FieldInfo field;
    field.range = {peek().loc, peek().loc};
    field.isLet = accept("let");
    field.isLate = accept("late");
    if (!fieldName(field.name) || !expect(":") || !type(field.type))
      return false;
    fields.push_back(field);
  }
  return true;
}

bool Reader::enumCases(NominalInfo &info) {
  while (!accept("}")) {
    if (!info.cases.empty() && !expect(","))
      return false;
    EnumCase oneCase;
    uint64_t value = info.cases.size();
    if (!fieldName(oneCase.name) || (accept("(") && !fieldList(oneCase.parts, ")")) || (accept("=") && !integer(value)))
      return false;
    oneCase.value = int64_t(value);
    info.cases.push_back(std::move(oneCase));
  }
  return true;
}

/// Puts the fields of base classes before a class's own; reports classes that inherit themselves.
void Reader::inheritFields() {
  llvm::DenseMap<NominalId, Declaration *> byId;
  for (Declaration &declaration : declared)
    byId[declaration.id] = &declaration;
  llvm::DenseMap<NominalId, bool> isDone; // false: on the way up
  for (Declaration &declaration : declared) {
    llvm::SmallVector<Declaration *, 8> chain;
    Declaration *current = &declaration;
    while (current && !isDone.contains(current->id)) {
      isDone[current->id] = false;
      chain.push_back(current);
      TypeId base = module.types.info(current->id).base;
      current = base.isValid() ? byId.lookup(module.types[base].nominal) : nullptr;
    }
    if (current && !isDone[current->id]) {
      NominalInfo &info = module.types.info(current->id);
      diags.report(DiagId::DilTypeHoldsItself, info.range) << "class" << info.name.text() << "inherits";
      info.base = {};
    }
    for (Declaration *one : llvm::reverse(chain)) {
      NominalInfo &info = module.types.info(one->id);
      if (info.base.isValid())
        info.fields = module.types.info(info.base).fields;
      info.fields.insert(info.fields.end(), one->ownFields.begin(), one->ownFields.end());
      isDone[one->id] = true;
    }
  }
}

namespace {
/// How deep values lie inside values (not behind references), to find structs and enums without end.
class Containment {
public:
  static constexpr unsigned kEndless = ~0u;

  explicit Containment(const TypeTable &types) : types(types) {}

  unsigned nominal(NominalId id, unsigned depth) {
    auto [known, isNew] = heights.try_emplace(id, kEndless);
    if (!isNew || depth > kMaxDepth)
      return known->second;
    const NominalInfo &info = types.info(id);
    unsigned height = fields(info.fields, depth);
    for (const EnumCase &oneCase : info.cases)
      height = std::max(height, fields(oneCase.parts, depth));
    return heights[id] = height == kEndless ? height : height + 1;
  }

private:
  unsigned fields(llvm::ArrayRef<FieldInfo> fields, unsigned depth) {
    unsigned height = 0;
    for (const FieldInfo &field : fields)
      if (field.type.isValid())
        height = std::max(height, type(field.type, depth));
    return height;
  }

  unsigned type(TypeId id, unsigned depth) {
    const Type &type = types[id];
    unsigned height = 0;
    switch (type.kind) {
    case TypeKind::FixedArray: case TypeKind::Optional:
      return this->type(type.element, depth);
    case TypeKind::Tuple:
      for (TypeId part : type.args)
        height = std::max(height, this->type(part, depth));
      return height;
    case TypeKind::Struct: case TypeKind::Enum:
      return nominal(type.nominal, depth + 1);
    default: // references and plain values
      return 0;
    }
  }

  const TypeTable &types;
  llvm::DenseMap<NominalId, unsigned> heights;
};
} // namespace

void Reader::checkContainment() {
  Containment containment(module.types);
  for (const Declaration &declaration : declared) {
    const NominalInfo &info = module.types.info(declaration.id);
    unsigned height = containment.nominal(declaration.id, 0);
    if (height == Containment::kEndless)
      diags.report(DiagId::DilTypeHoldsItself, info.range) << "type" << info.name.text() << "contains";
    else if (height > kMaxDepth)
      diags.report(DiagId::DilTooDeep, info.range) << int64_t(kMaxDepth);
  }
}

} // namespace dream::dil
