// DIL modules: functions of basic blocks in SSA form with block arguments, module variables, and class tables.
#pragma once

#include "compiler/dil/inst.h"
#include "llvm/Support/Allocator.h"
#include <deque>
#include <memory>

namespace dream::dil {

struct ValueInfo {
  TypeId type;          ///< For an address: the type of what lies there.
  Ownership ownership = Ownership::None;
  Inst *definition = nullptr; ///< Null for block arguments (parameters are arguments of the entry block).
  BlockId block;        ///< Where it is defined.
};

struct Block {
  llvm::SmallVector<ValueId, 2> args;
  std::vector<Inst *> insts; ///< The last one is a terminator.
  bool isCold = false;       ///< On an error path.
};

enum class Convention : uint8_t {
  Plain,   ///< By value, bits.
  Borrow,  ///< The caller keeps it alive for the call.
  Own,     ///< The callee consumes it.
  Address, ///< `ref`, `out`, and `this` of struct methods: a place.
};

struct Param {
  Name name;
  TypeId type;
  Convention convention;
  PassMode mode = PassMode::Value; ///< Address: Ref, In or Out.
  bool isLent = false;             ///< Of a C function, [NoEscape]: it promises to keep nothing of it.
};

enum class FuncKind : uint8_t {
  Dream,
  Runtime, ///< An entry of runtime/abi/entries.def; `symbol` names it. No body.
  C,       ///< Extern; no body.
};

/// Stages of the way through DIL; the verifier is stricter in each.
enum class Stage : uint8_t { Raw, Owned, Placed, Counted };
/// What every slot holds is decided, and ownership is still told apart.
inline bool isOwned(Stage stage) { return stage == Stage::Owned || stage == Stage::Placed; }

struct Function {
  FuncKind kind = FuncKind::Dream;
  std::string symbol;
  std::vector<Param> params;
  TypeId result = types::Void;
  bool canThrow = false;
  bool isVariadic = false; ///< C.
  bool neverReturns = false;
  bool inlineHint = false, noInline = false;
  bool noAlloc = false;    ///< [NoAlloc]: to be proven.
  bool isExported = false; ///< Kept by its symbol, with the default ABI.
  bool isLibrary = false;  ///< Of the library that comes with the compiler, which is not warned of. Not in the text.
  SourceLoc loc;

  std::deque<Block> blocks; ///< Block 0 is the entry; its arguments are the parameters. Empty: a declaration.
  std::vector<ValueInfo> values;

  bool isDeclaration() const { return blocks.empty(); }
  Block &operator[](BlockId id) { return blocks[id.index]; }
  const Block &operator[](BlockId id) const { return blocks[id.index]; }
  ValueInfo &operator[](ValueId id) { return values[id.index]; }
  const ValueInfo &operator[](ValueId id) const { return values[id.index]; }
  BlockId entry() const { return BlockId(0); }

  template <typename T> T *create(SourceLoc loc) {
    T *inst = new (arena.Allocate<T>()) T();
    inst->kind = T::kKind;
    inst->loc = loc;
    owned.push_back(inst);
    return inst;
  }
  ValueId addValue(TypeId type, Ownership ownership, Inst *definition, BlockId block) {
    values.push_back({type, ownership, definition, block});
    return ValueId(values.size() - 1);
  }
  BlockId addBlock() {
    blocks.emplace_back();
    return BlockId(blocks.size() - 1);
  }
  llvm::StringRef copyText(llvm::StringRef text) { return text.copy(arena); }
  /// Where the texts and parts of constants lie.
  llvm::BumpPtrAllocator &storage() { return arena; }

  explicit Function(llvm::BumpPtrAllocator &arena) : arena(arena) {}
  Function(const Function &) = delete;
  ~Function();

private:
  llvm::BumpPtrAllocator &arena; ///< The module's: most functions are small, and there are many.
  std::vector<Inst *> owned; ///< For their destructors: operand lists may lie outside the arena.
};

/// A module variable or static: zero at start, given its value by an initialiser function unless `initial` is set.
struct Global {
  std::string symbol;
  TypeId type;
  Inst *initial = nullptr; ///< A ConstInst, or null for the zero value.
  SourceLoc loc;
};

/// One function for each method of an interface, in the interface's slot order.
struct InterfaceTable {
  TypeId interface;
  std::vector<FuncId> methods;
};

/// What the descriptor of a class (or of a boxed struct) needs beyond its layout.
struct ClassTable {
  TypeId type;
  std::vector<FuncId> vtable;    ///< Invalid ids for abstract slots.
  std::vector<InterfaceTable> interfaces;
  FuncId destructor;             ///< func(this: borrow), its own or inherited… invalid if none.
  FuncId toString;               ///< func(this: borrow) -> own string; invalid: the type's name.
};

struct Module {
  explicit Module(TypeTable &types, NameTable &names) : types(types), names(names) {}
  Module(const Module &) = delete;

private:
  llvm::BumpPtrAllocator arena; // Dies after what lies there.

public:
  TypeTable &types;
  NameTable &names;
  Stage stage = Stage::Raw;
  std::deque<Function> functions;
  std::deque<Global> globals;
  std::vector<ClassTable> classes;  ///< Of every class, and of every struct that is boxed, that the program uses.
  TypeId exceptionType;             ///< class Exception.
  FuncId initialise;  ///< Runs the module variables' initialisers; invalid if there are none.
  FuncId finalise;    ///< Drops the module variables, in reverse order; invalid if there are none.
  FuncId describe;    ///< func(borrow Exception) -> string, of one that nobody caught: "Type: message". May be invalid.
  FuncId entry;       ///< main: () or (own string[]) -> void or int. Invalid in a library.

  Function &operator[](FuncId id) { return functions[id.index]; }
  const Function &operator[](FuncId id) const { return functions[id.index]; }
  Global &operator[](GlobalId id) { return globals[id.index]; }
  const Global &operator[](GlobalId id) const { return globals[id.index]; }
  FuncId addFunction() {
    functions.emplace_back(arena);
    return FuncId(functions.size() - 1);
  }
  GlobalId addGlobal(Global global) {
    globals.push_back(std::move(global));
    return GlobalId(globals.size() - 1);
  }
  /// A constant that belongs to no function, for Global::initial. Its text must come from copyText.
  ConstInst *addConstant() {
    ConstInst &inst = constants.emplace_back();
    inst.kind = InstKind::ConstInst;
    return &inst;
  }
  llvm::StringRef copyText(llvm::StringRef text) { return text.copy(arena); }
  /// Where the texts and parts of constants lie.
  llvm::BumpPtrAllocator &storage() { return arena; }

private:
  std::deque<ConstInst> constants;
};

/// Null for what is not of a `new`.
inline const Wish *wishOf(const Inst &inst) {
  if (auto *array = llvm::dyn_cast<AllocArrayInst>(&inst))
    return &array->wish;
  auto *call = llvm::dyn_cast<CallInst>(&inst);
  return call ? &call->wish : nullptr;
}
inline Wish *wishOf(Inst &inst) { return const_cast<Wish *>(wishOf(const_cast<const Inst &>(inst))); }

/// What an allocation is given is a region, not storage for one object: one that is opened here, or the caller's.
inline bool isRegion(const Function &function, ValueId storage) {
  return storage.isValid() && !llvm::isa_and_nonnull<StorageInst>(function[storage].definition);
}

/// Which is an arena that this function has opened.
inline bool isArena(const Function &function, ValueId storage) {
  return storage.isValid() && llvm::isa_and_nonnull<ArenaOpenInst>(function[storage].definition);
}

/// Type of part `index` of a class, struct, tuple, fixed array or tagged optional (0: its value, 1: whether there is one);
/// invalid if there is none.
TypeId partType(const TypeTable &types, TypeId holder, uint64_t index);
/// Type of the place of a part inside of the place `holder`: as partType, and of the parts of an enum's cases.
TypeId fieldType(const TypeTable &types, TypeId holder, uint64_t index);
/// How many parts a class, struct, tuple, fixed array or tagged optional has.
uint64_t partCount(const TypeTable &types, TypeId holder);
/// Type of the elements of an array, rectangular or fixed array, string (bytes, to be read only) or raw pointer; invalid
/// if it has none.
TypeId elementType(const TypeTable &types, TypeId holder);

/// How a parameter or result of a type is handed over when nothing else is said: plain types by value, others borrowed.
inline Convention defaultConvention(const TypeTable &types, TypeId type) {
  return types.isPlain(type) ? Convention::Plain : Convention::Borrow;
}
inline Use useOf(Convention convention) {
  switch (convention) {
  case Convention::Plain: return Use::Plain;
  case Convention::Borrow: return Use::Borrow;
  case Convention::Own: return Use::Consume;
  case Convention::Address: return Use::Address;
  }
  __builtin_unreachable();
}
inline Ownership ownershipOf(Convention convention) {
  switch (convention) {
  case Convention::Plain: return Ownership::None;
  case Convention::Borrow: return Ownership::Borrowed;
  case Convention::Own: return Ownership::Owned;
  case Convention::Address: return Ownership::Address;
  }
  __builtin_unreachable();
}

} // namespace dream::dil
