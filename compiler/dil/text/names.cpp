#include "compiler/dil/text/names.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/StringSwitch.h"
#include <algorithm>

namespace dream::dil {

static bool isIdentifier(llvm::StringRef word, llvm::StringRef more) {
  auto isStart = [](char c) { return llvm::isAlpha(c) || c == '_'; };
  return !word.empty() && isStart(word[0]) &&
         llvm::all_of(word, [&](char c) { return llvm::isAlnum(c) || c == '_' || more.contains(c); });
}

bool isPlainWord(llvm::StringRef word) { return isIdentifier(word, ""); }

bool isReservedWord(llvm::StringRef word) {
  return llvm::StringSwitch<bool>(word)
      .Cases("func", "const", "own", "borrow", "ref", "in", "out", "addr", "plain", true)
      .Cases("let", "late", "void", "never", "null", "bool", "char", "sbyte", "byte", true)
      .Cases("short", "ushort", "int", "uint", "long", "ulong", "nint", "nuint", "float", "double", true)
      .Cases("string", "object", "error", "none", "slots", "destructor", "abstract", "sealed", "qualified", true)
      .Cases("spelled", "class", "struct", "interface", "enum", "to", "is", true)
      .Default(false);
}

std::string quoteText(llvm::StringRef text) {
  std::string result = "\"";
  for (unsigned char c : text) {
    if (c == '"' || c == '\\')
      (result += '\\') += char(c);
    else if (c == '\n')
      result += "\\n";
    else if (c == '\t')
      result += "\\t";
    else if (c < 0x20 || c == 0x7f)
      (result += "\\x") += {llvm::hexdigit(c >> 4, true), llvm::hexdigit(c & 15, true)};
    else
      result += char(c);
  }
  return result + '"';
}

std::string quoteWord(llvm::StringRef word) {
  return isIdentifier(word, ".") && !isReservedWord(word) ? word.str() : quoteText(word);
}

std::string quoteSymbol(llvm::StringRef symbol) {
  return isIdentifier(symbol, ".$~") ? ("@" + symbol).str() : "@" + quoteText(symbol);
}

//===-- Types -------------------------------------------------------------------------------------------------===//

namespace {
/// Finds every nominal type that a module mentions, bases, interfaces and fields of these included.
class Collector {
public:
  Collector(const Module &module) : types(module.types), seen(module.types.size()) {
    add(module.exceptionType);
    for (const Global &global : module.globals)
      add(global.type);
    for (const ClassTable &table : module.classes) {
      add(table.type);
      for (const InterfaceTable &interface : table.interfaces)
        add(interface.interface);
    }
    for (const Function &function : module.functions)
      add(function);
    while (!work.empty())
      parts(work.pop_back_val());
    std::sort(nominals.begin(), nominals.end());
  }

  std::vector<NominalId> nominals;

private:
  void add(TypeId id) {
    if (!id.isValid() || id.index >= seen.size() || seen[id.index])
      return;
    seen[id.index] = true;
    work.push_back(id);
  }

  void add(const Function &function) {
    add(function.result);
    for (const Param &param : function.params)
      add(param.type);
    for (const ValueInfo &value : function.values)
      add(value.type);
    for (const Block &block : function.blocks)
      for (const Inst *inst : block.insts) {
        if (auto *check = llvm::dyn_cast<CheckInst>(inst))
          add(check->type);
        else if (auto *test = llvm::dyn_cast<TypeIsInst>(inst))
          add(test->type);
        else if (auto *closure = llvm::dyn_cast<ClosureInst>(inst))
          add(closure->environment);
        else if (auto *call = llvm::dyn_cast<CallBase>(inst)) {
          add(call->resultType);
          if (auto *slot = llvm::dyn_cast<CallSlotInst>(inst))
            add(slot->type);
        }
      }
  }

  void parts(TypeId id) {
    const Type &type = types[id];
    add(type.element);
    for (TypeId arg : type.args)
      add(arg);
    if (!type.nominal.isValid() || !seenNominals.insert(type.nominal).second)
      return;
    nominals.push_back(type.nominal);
    const NominalInfo &info = types.info(type.nominal);
    add(info.base);
    add(info.underlying);
    for (TypeId interface : info.interfaces)
      add(interface);
    for (const FieldInfo &field : info.fields)
      add(field.type);
    for (const EnumCase &oneCase : info.cases)
      for (const FieldInfo &part : oneCase.parts)
        add(part.type);
  }

  const TypeTable &types;
  std::vector<bool> seen;
  llvm::DenseSet<NominalId> seenNominals;
  llvm::SmallVector<TypeId, 32> work;
};
} // namespace

TypeNames::TypeNames(const Module &module) : types(module.types), nominals(Collector(module).nominals) {
  // The simple name where it is the only one of its kind, else the qualified one, with a number if that is taken too.
  llvm::StringMap<unsigned> simple;
  for (NominalId id : nominals)
    ++simple[types.info(id).name.text()];
  llvm::StringSet<> taken;
  for (NominalId id : nominals) {
    const NominalInfo &info = types.info(id);
    llvm::StringRef name = info.name.text();
    if (simple[name] > 1 && !info.qualifiedName.empty())
      name = info.qualifiedName;
    std::string unique = name.str();
    for (unsigned n = 2; !taken.insert(unique).second; ++n)
      unique = (name + "." + llvm::Twine(n)).str();
    spelled[id] = unique;
  }
}

std::string TypeNames::nominal(NominalId id) const {
  auto found = spelled.find(id);
  return quoteWord(found != spelled.end() ? llvm::StringRef(found->second) : types.info(id).name.text());
}

std::string TypeNames::type(TypeId id) const {
  if (!id.isValid())
    return "none";
  if (id.index >= types.size())
    return "<bad>";
  const Type &type = types[id];
  auto list = [&](llvm::ArrayRef<TypeId> ids, auto &&one) {
    std::string text;
    for (size_t i = 0; i < ids.size(); ++i)
      text += (i ? ", " : "") + one(i);
    return text;
  };
  switch (type.kind) {
  case TypeKind::Error:
    return "error";
  case TypeKind::Array: case TypeKind::Rect: case TypeKind::FixedArray: {
    // Brackets run outermost first.
    std::string brackets;
    TypeId element = id;
    for (;; element = types[element].element) {
      const Type &row = types[element];
      if (row.kind == TypeKind::Array)
        brackets += "[]";
      else if (row.kind == TypeKind::Rect)
        brackets += "[" + std::string(row.count - 1, ',') + "]";
      else if (row.kind == TypeKind::FixedArray)
        brackets += "[" + std::to_string(row.count) + "]";
      else
        return this->type(element) + brackets;
    }
  }
  case TypeKind::Optional:
    return this->type(type.element) + "?";
  case TypeKind::Weak:
    return this->type(type.element) + " weak";
  case TypeKind::Pointer:
    return this->type(type.element) + (type.isConst ? " const*" : "*");
  case TypeKind::Func:
    return (type.returnsRef ? "func ref " : "func ") + this->type(type.element) + "(" + list(type.args, [&](size_t i) {
             static constexpr llvm::StringLiteral modes[] = {"", "ref ", "in ", "out "};
             return modes[unsigned(type.modes[i])].str() + this->type(type.args[i]);
           }) + ")";
  case TypeKind::Tuple:
    return "(" + list(type.args, [&](size_t i) {
             return this->type(type.args[i]) + (type.names[i] ? " " + quoteWord(type.names[i].text()) : "");
           }) + ")";
  case TypeKind::Class: case TypeKind::Struct: case TypeKind::Interface: case TypeKind::Enum: {
    std::string text = nominal(type.nominal);
    if (!type.args.empty())
      text += "<" + list(type.args, [&](size_t i) { return this->type(type.args[i]); }) + ">";
    return text;
  }
  case TypeKind::Void: case TypeKind::Never: case TypeKind::Null: case TypeKind::Bool: case TypeKind::Char:
  case TypeKind::Int8: case TypeKind::UInt8: case TypeKind::Int16: case TypeKind::UInt16: case TypeKind::Int32:
  case TypeKind::UInt32: case TypeKind::Int64: case TypeKind::UInt64: case TypeKind::NInt: case TypeKind::NUInt:
  case TypeKind::Float32: case TypeKind::Float64: case TypeKind::String: case TypeKind::Object: case TypeKind::TypeParam:
    return types.spell(id);
  }
  __builtin_unreachable();
}

//===-- Values and blocks -------------------------------------------------------------------------------------===//

static constexpr uint32_t kUnseen = ~0u, kParameter = ~1u;

BodyNames::BodyNames(const Function &function)
    : function(function), valueNumbers(function.values.size(), kUnseen), blockNumbers(function.blocks.size(), kUnseen) {
  uint32_t nextValue = 0, nextBlock = 0;
  auto number = [&](ValueId id) {
    if (id.index < valueNumbers.size() && valueNumbers[id.index] == kUnseen)
      valueNumbers[id.index] = nextValue++;
  };
  llvm::StringSet<> taken;
  for (uint32_t b = 0; b < function.blocks.size(); ++b) {
    if (isDeleted(function, BlockId(b)))
      continue;
    blockNumbers[b] = nextBlock++;
    const Block &block = function.blocks[b];
    for (size_t i = 0; i < block.args.size(); ++i) {
      bool isNamed = b == 0 && i < function.params.size() && isIdentifier(function.params[i].name.text(), "") &&
                     block.args[i].index < valueNumbers.size() && valueNumbers[block.args[i].index] == kUnseen &&
                     taken.insert(function.params[i].name.text()).second;
      if (isNamed)
        valueNumbers[block.args[i].index] = kParameter;
      else
        number(block.args[i]);
    }
    for (const Inst *inst : block.insts)
      if (inst->result.isValid())
        number(inst->result);
  }
}

std::string BodyNames::value(ValueId id) const {
  if (!id.isValid() || id.index >= valueNumbers.size())
    return "%<bad>";
  if (valueNumbers[id.index] == kParameter)
    for (size_t i = 0; i < std::min(function.params.size(), function.blocks[0].args.size()); ++i)
      if (function.blocks[0].args[i] == id)
        return "%" + function.params[i].name.text().str();
  if (valueNumbers[id.index] == kUnseen)
    return "%<undefined" + std::to_string(id.index) + ">";
  return "%" + std::to_string(valueNumbers[id.index]);
}

std::string BodyNames::block(BlockId id) const {
  if (id.index >= blockNumbers.size())
    return "<bad>";
  if (blockNumbers[id.index] == kUnseen)
    return "<deleted" + std::to_string(id.index) + ">";
  return id.index == 0 ? "entry" : "b" + std::to_string(blockNumbers[id.index]);
}

} // namespace dream::dil
