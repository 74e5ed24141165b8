// From rows of entries.def to LLVM declarations with the attributes that their effects allow.
#include "compiler/codegen/runtime_entries.h"
#include "runtime/abi/effects.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/ModRef.h"
#include <array>

namespace dream::codegen {

namespace {

using namespace abi::effects;

struct Parameters {
  std::array<EntryType, 6> types{};
  unsigned count = 0;
};
template <typename... T> constexpr Parameters list(T... types) { return {{types...}, sizeof...(types)}; }

struct Row {
  const char *symbol;
  EntryType result;
  Parameters parameters;
  unsigned effects;
};

using enum EntryType;
constexpr Row rows[] = {
#define ENTRY(SYMBOL, RESULT, PARAMETERS, EFFECTS) {#SYMBOL, RESULT, list PARAMETERS, EFFECTS},
#include "runtime/abi/entries.def"
#undef ENTRY
};

} // namespace

llvm::ArrayRef<EntryType> RuntimeEntries::parameters(Entry entry) const {
  const Parameters &parameters = rows[size_t(entry)].parameters;
  return llvm::ArrayRef(parameters.types).take_front(parameters.count);
}

bool RuntimeEntries::makesString(Entry entry) { return rows[size_t(entry)].effects & kMakesString; }

std::optional<Entry> RuntimeEntries::find(llvm::StringRef symbol) {
  static const llvm::StringMap<Entry> bySymbol = [] {
    llvm::StringMap<Entry> map;
    for (size_t i = 0; i < std::size(rows); ++i)
      map[rows[i].symbol] = Entry(i);
    return map;
  }();
  auto found = bySymbol.find(symbol);
  return found == bySymbol.end() ? std::nullopt : std::optional(found->second);
}

llvm::Type *RuntimeEntries::typeOf(EntryType type) {
  llvm::LLVMContext &context = module.getContext();
  switch (type) {
  case Void: return llvm::Type::getVoidTy(context);
  case Bool: return llvm::Type::getInt1Ty(context);
  case I8: return llvm::Type::getInt8Ty(context);
  case I32: case U32: return llvm::Type::getInt32Ty(context);
  case I64: case U64: return llvm::Type::getInt64Ty(context);
  case F32: return llvm::Type::getFloatTy(context);
  case F64: return llvm::Type::getDoubleTy(context);
  case Ptr: case Str: case OwnStr: case Obj: case OwnObj: return llvm::PointerType::get(context, 0);
  }
  llvm_unreachable("unknown type of an entry");
}

llvm::Attribute::AttrKind extensionInC(unsigned bits, bool isSigned, const llvm::Triple &triple) {
  if (bits >= 64 || (bits == 32 && !triple.isRISCV64() && !triple.isLoongArch64()))
    return llvm::Attribute::None;
  return bits == 32 || isSigned ? llvm::Attribute::SExt : llvm::Attribute::ZExt;
}

llvm::FunctionCallee RuntimeEntries::operator[](Entry entry) {
  llvm::FunctionCallee &callee = made[size_t(entry)];
  if (callee)
    return callee;
  const Row &row = rows[size_t(entry)];
  llvm::SmallVector<llvm::Type *, 6> types;
  for (EntryType type : parameters(entry))
    types.push_back(typeOf(type));
  auto *type = llvm::FunctionType::get(typeOf(row.result), types, false);
  auto *function = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, row.symbol, module);
  callee = function;

  function->addFnAttr(llvm::Attribute::NoUnwind);
  if (row.effects & kNoReturn)
    function->addFnAttr(llvm::Attribute::NoReturn);
  if (row.effects & kCold)
    function->addFnAttr(llvm::Attribute::Cold);
  if (row.effects & kReadOnly)
    function->setMemoryEffects(llvm::MemoryEffects::readOnly());
  auto extend = [&](EntryType type) {
    bool isSmall = type == Bool || type == I8 || type == I32 || type == U32;
    return isSmall ? extensionInC(typeOf(type)->getIntegerBitWidth(), type == I8 || type == I32, triple)
                   : llvm::Attribute::None;
  };
  if (auto kind = extend(row.result); kind != llvm::Attribute::None)
    function->addRetAttr(kind);
  for (unsigned i = 0; i < types.size(); ++i)
    if (auto kind = extend(row.parameters.types[i]); kind != llvm::Attribute::None)
      function->addParamAttr(i, kind);
  return callee;
}

llvm::CallInst *RuntimeEntries::call(llvm::IRBuilderBase &builder, Entry entry, llvm::ArrayRef<llvm::Value *> args) {
  llvm::FunctionCallee callee = (*this)[entry];
  llvm::CallInst *call = builder.CreateCall(callee, args);
  // The effects are the definition's to say: link-time optimisation may bring it into this module, and then what was
  // inaccessible memory before can be seen.
  const llvm::AttributeList &all = llvm::cast<llvm::Function>(callee.getCallee())->getAttributes();
  llvm::AttributeSet function;
  if (rows[size_t(entry)].effects & kNoReturn)
    function = function.addAttribute(builder.getContext(), llvm::Attribute::NoReturn);
  llvm::SmallVector<llvm::AttributeSet, 6> params;
  for (unsigned i = 0; i < args.size(); ++i)
    params.push_back(all.getParamAttrs(i));
  call->setAttributes(llvm::AttributeList::get(builder.getContext(), function, all.getRetAttrs(), params));
  return call;
}

} // namespace dream::codegen
