// Appends instructions to a function: one method for each instruction, which works out the result's type and ownership.
#pragma once

#include "compiler/dil/module.h"

namespace dream::dil {

class Builder {
public:
  Builder(Module &module, Function &function) : module(module), function(function) {}

  Module &module;
  Function &function;
  SourceLoc loc; ///< Given to every new instruction.

  void setBlock(BlockId id) { block = id; }
  BlockId currentBlock() const { return block; }
  /// True once the current block has its terminator; then nothing may be appended.
  bool isTerminated() const;
  BlockId addBlock() { return function.addBlock(); }
  ValueId addBlockArg(BlockId target, TypeId type, Ownership ownership);

  // Plain values. Constants hold no counts, so they have no ownership, whatever their type: they may be consumed and
  // looked at any number of times, and need no drop.
  ValueId constInt(TypeId type, uint64_t bits);
  ValueId constFloat(TypeId type, double value);
  ValueId constBool(bool value);
  ValueId constChar(uint32_t value);
  ValueId constString(llvm::StringRef text);
  ValueId constNull(TypeId type);
  ValueId constZero(TypeId type);
  /// Its texts and parts lie in the storage of the function.
  ValueId constant(TypeId type, const Constant &value);
  ValueId fnRef(FuncId func, TypeId type);
  ValueId arith(ArithOp op, ValueId lhs, ValueId rhs, bool checked = false);
  ValueId unary(UnaryOp op, ValueId value, bool checked = false);
  ValueId cmp(CmpOp op, ValueId lhs, ValueId rhs);
  ValueId convert(ValueId value, TypeId to);
  void check(CheckKind kind, ValueId a, ValueId b = {}, TypeId type = {}, llvm::StringRef text = {});
  ValueId intrinsic(Intrinsic intrinsic, TypeId result, llvm::ArrayRef<ValueId> args);

  // Aggregates and references
  ValueId make(TypeId type, llvm::ArrayRef<ValueId> parts);
  ValueId project(ValueId value, unsigned index);
  ValueId variant(TypeId type, unsigned variant, llvm::ArrayRef<ValueId> parts);
  ValueId tag(ValueId value);
  ValueId payload(ValueId value, unsigned variant, unsigned index);
  ValueId cast(CastKind kind, ValueId value, TypeId to);
  ValueId typeIs(ValueId value, TypeId type);

  // Places
  ValueId slot(TypeId type, llvm::StringRef name, unsigned argument = 0);
  ValueId global(GlobalId global);
  ValueId field(ValueId base, unsigned index);
  ValueId elem(ValueId base, llvm::ArrayRef<ValueId> indices);
  ValueId span(TypeId view, ValueId base, ValueId first = {}, ValueId count = {});
  ValueId len(ValueId value, int dimension = -1);
  ValueId accessRead(ValueId place);
  ValueId accessModify(ValueId place);
  void endAccess(ValueId access);
  ValueId loadCopy(ValueId place);
  ValueId loadTake(ValueId place);
  ValueId loadBorrow(ValueId place);
  void init(ValueId place, ValueId value);
  void assign(ValueId place, ValueId value);
  ValueId unique(ValueId place);

  // Ownership
  ValueId copy(ValueId value); ///< Of a plain value: itself.
  void endBorrow(ValueId value); ///< Nothing for plain values.
  void drop(ValueId value); ///< Nothing for plain values.
  void dropSlot(ValueId place, bool endsLife = false);
  void dropIf(ValueId flag, ValueId place);

  // Allocation
  ValueId storage(uint32_t bytes, uint32_t align, llvm::ArrayRef<uint32_t> payloads); ///< In the frame.
  ValueId regionOpen(ValueId beside); ///< Beside nothing: invalid.
  void regionClose(ValueId region);
  ValueId arenaOpen(llvm::StringRef name, ValueId size = {}); ///< Of no given size: invalid.
  void arenaClose(ValueId arena);
  ValueId storageIn(ValueId whole, uint32_t offset, uint32_t bytes, uint32_t align);
  ValueId alloc(TypeId type, ValueId from = {});
  ValueId closure(FuncId func, TypeId type, TypeId environment, llvm::ArrayRef<ValueId> captures,
                  llvm::ArrayRef<CaptureMode> modes, bool onStack = false);
  ValueId allocArray(TypeId type, llvm::ArrayRef<ValueId> lengths);
  ValueId box(ValueId value, TypeId to);
  ValueId unbox(ValueId value, TypeId to);
  ValueId weakOf(ValueId value, TypeId to);
  ValueId weakGet(ValueId value);
  void rebox(ValueId box, ValueId value);

  // After counting
  ValueId load(ValueId place);
  void store(ValueId place, ValueId value);
  void retain(ValueId value);
  void release(ValueId value);

  // Calls that cannot throw; the result is invalid for void.
  ValueId call(FuncId callee, llvm::ArrayRef<ValueId> args);
  ValueId callSlot(TypeId type, unsigned slot, TypeId result, llvm::ArrayRef<ValueId> args, llvm::ArrayRef<Use> uses);
  ValueId callFn(ValueId closure, llvm::ArrayRef<ValueId> args);
  // Calls that can throw: they end the block. The ok block's argument is made by the builder and returned (invalid for
  // void); the current block is `ok` afterwards. `error` must have one owned argument of type Exception.
  ValueId tryCall(FuncId callee, llvm::ArrayRef<ValueId> args, BlockId error);
  ValueId tryCallSlot(TypeId type, unsigned slot, TypeId result, llvm::ArrayRef<ValueId> args, llvm::ArrayRef<Use> uses,
                      BlockId error);
  ValueId tryCallFn(ValueId closure, llvm::ArrayRef<ValueId> args, BlockId error);

  // Terminators
  void br(BlockId target, llvm::ArrayRef<ValueId> args = {});
  void condBr(ValueId condition, BlockId whenTrue, BlockId whenFalse);
  SwitchInst *switchOn(ValueId value, BlockId otherwise);
  void ret(ValueId value = {});
  void throwError(ValueId value);
  void yield(ValueId value, BlockId resume, BlockId dispose);
  void unreachable(UnreachableReason reason);

private:
  template <typename T> T *append();
  ValueId result(Inst *inst, TypeId type, Ownership ownership);
  /// Ownership of a fresh value of a type: None if plain, else Owned.
  Ownership fresh(TypeId type) const;
  /// Makes a call that ends its block of it, and goes on in the new ok block.
  ValueId addEdges(CallBase &call, BlockId error);

  BlockId block;
};

} // namespace dream::dil
