// Translates the body of one function: one overload of `emit` for each DIL instruction, grouped by idea into values.cpp,
// arith.cpp, convert.cpp, intrinsics.cpp, places.cpp, allocation.cpp, type_tests.cpp, checks.cpp and calls.cpp; blocks and
// edges in function_emitter.cpp.
//
// Blocks are translated in reverse postorder, so operands come before their uses. An argument of a block with one
// predecessor is the value itself; otherwise its leaves are phis, and a value in memory is copied on each edge.
#pragma once

#include "compiler/codegen/module_emitter.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/TinyPtrVector.h"
#include "llvm/IR/IRBuilder.h"

namespace dream::codegen {

class FunctionEmitter {
public:
  FunctionEmitter(ModuleEmitter &emitter, const dil::Function &function, llvm::Function *target,
                  const Signature &signature);

  void emit();

private:
  /// Leaves of a value; the address of one in memory, or of a place.
  using Leaves = llvm::TinyPtrVector<llvm::Value *>;
  /// What is known of a place beyond its type: the alias tag of its scalar.
  struct PlaceFacts {
    llvm::MDNode *tag = nullptr; ///< Null: by its type alone.
    bool isRaw = false;          ///< Reached through a raw pointer: may alias anything.
    bool isPacked = false;       ///< A field of a packed struct: at any address.
  };

  // function_emitter.cpp: blocks, edges, parameters.
  void prepareBlocks();
  void bindParameters();
  void enterBlock(dil::BlockId id);
  /// Hands `args` to the target's block arguments, on an edge from the current LLVM block.
  void passArguments(dil::BlockId target, llvm::ArrayRef<Leaves> args);
  void skipEmptyBlocks();
  llvm::BasicBlock *block(dil::BlockId id) { return blocks[skipTo[id.index].index]; }
  llvm::BasicBlock *newBlock(const llvm::Twine &name);
  /// Appends the block here and makes it current.
  void continueIn(llvm::BasicBlock *next);
  llvm::AllocaInst *entryAlloca(llvm::Type *type, llvm::Align align, const llvm::Twine &name = "");
  llvm::AllocaInst *entryAlloca(TypeId type, const llvm::Twine &name = "");
  void setLocation(SourceLoc loc);

  // values.cpp
  const dil::ValueInfo &info(dil::ValueId id) const { return dil[id]; }
  TypeId typeOf(dil::ValueId id) const { return dil[id].type; }
  const Lowering &loweringOf(dil::ValueId id) { return emitter.lowering[typeOf(id)]; }
  llvm::ArrayRef<llvm::Value *> leaves(dil::ValueId id) const { return values[id.index]; }
  llvm::Value *value(dil::ValueId id) const;
  void set(dil::ValueId id, llvm::Value *value);
  void set(dil::ValueId id, Leaves leaves) { values[id.index] = std::move(leaves); }
  /// A reference that may be null although its type is not optional: what was just read may be unset or taken.
  bool mayBeNull(dil::ValueId id) const;
  void retag(const dil::CastInst &inst);
  /// Leaves of the value, its content loaded where it lives in memory and the leaf list is wanted.
  Leaves leafList(dil::ValueId id) const;

  // places.cpp
  llvm::Value *offset(llvm::Value *address, uint64_t bytes);
  llvm::Value *loadScalar(const Leaf &leaf, llvm::Value *address, llvm::MDNode *tag, llvm::Align align);
  void storeScalar(const Leaf &leaf, llvm::Value *value, llvm::Value *address, llvm::MDNode *tag, llvm::Align align);
  /// Loads the leaves of a value, or copies one that lives in memory into a slot of its own.
  Leaves loadValue(TypeId type, llvm::Value *address, PlaceFacts facts);
  void storeValue(TypeId type, llvm::ArrayRef<llvm::Value *> value, llvm::Value *address, PlaceFacts facts);
  void copyMemory(TypeId type, llvm::Value *to, llvm::Value *from);
  llvm::MDNode *tagOf(const Lowering &lowering, const Leaf &leaf, PlaceFacts facts);
  /// A word of a header: `byteOffset` from the payload.
  llvm::Value *loadHeaderWord(llvm::Value *payload, int byteOffset, llvm::MDNode *tag, bool isLength);
  llvm::Value *length(llvm::Value *payload);
  llvm::Value *asIndex(dil::ValueId index, bool isInBounds);
  llvm::Value *elementAddress(TypeId element, llvm::Value *base, llvm::Value *index, bool isInBounds);
  llvm::Value *rectIndex(const dil::ElemInst &inst, llvm::Value *payload, unsigned rank);
  void load(const dil::Inst &inst, dil::ValueId place);

  // frame_objects.cpp
  /// Makes an object of zeroed bytes in storage: gives its payload. An array's lengths are not set yet.
  llvm::Value *placeObject(llvm::Value *storage, uint64_t front, uint64_t bytes, llvm::Align align, uint32_t typeIndex);
  void releaseInFrame(const dil::ReleaseInst &inst);
  void releaseWithRegion(const dil::ReleaseInst &inst);
  /// The count word of what is released; goes on in `after` if it is null.
  llvm::Value *countOfReleased(const dil::ReleaseInst &inst, llvm::BasicBlock *after);
  /// Under -fcheck-memory: what lies in this frame is dead.
  void checkStorage(const dil::StorageInst &inst);
  void checkFrame();
  void endObjects(uint32_t first, uint32_t ending);
  void prepareFrameTable();

  // allocation.cpp
  /// Stores the zero value into fresh, zeroed memory: what is not zero bits.
  void storeZeroParts(TypeId type, llvm::Value *address);
  llvm::Value *newObject(uint32_t index, Layout layout, dil::ValueId region);
  void fillElements(TypeId element, llvm::Value *payload, llvm::Value *count);
  llvm::Value *callAllocator(Entry entry, llvm::ArrayRef<llvm::Value *> args);

  // type_tests.cpp
  llvm::Value *typeIndex(llvm::Value *reference);
  /// The address `offset` bytes behind the start of the object's descriptor.
  llvm::Value *inDescriptor(llvm::Value *reference, uint64_t offset);
  /// The object of a reference that is not null is a `type`.
  llvm::Value *isInstance(llvm::Value *reference, TypeId staticType, TypeId type);
  /// As isInstance, false (or `whenNull`) for null.
  llvm::Value *isInstanceOrNull(llvm::Value *reference, TypeId staticType, TypeId type, bool whenNull);

  // checks.cpp
  using Panic = llvm::function_ref<void()>;
  /// Goes on only if `condition` holds; otherwise `panic` emits a call that does not return.
  void require(llvm::Value *condition, Panic panic);
  void callPanic(Entry entry, llvm::ArrayRef<llvm::Value *> args);
  llvm::Constant *placeHere() { return emitter.constants.place(location); }
  void requireScalar(llvm::Value *wide);
  llvm::Value *saturated(llvm::Value *number, llvm::Type *integer);

  // arith.cpp
  bool isSigned(TypeId type) const;
  llvm::Value *floatArith(dil::ArithOp op, llvm::Value *lhs, llvm::Value *rhs);
  llvm::Value *integerArith(dil::ArithOp op, llvm::Value *lhs, llvm::Value *rhs, bool isSigned);
  llvm::Value *checkedArith(dil::ArithOp op, llvm::Value *lhs, llvm::Value *rhs, bool isSigned);
  llvm::Value *divide(dil::ArithOp op, llvm::Value *lhs, llvm::Value *rhs, bool isSigned);

  // calls.cpp
  void callWith(const dil::CallBase &inst, llvm::FunctionCallee callee, const Signature &signature,
                llvm::Value *closure = nullptr);
  void callRuntime(const dil::CallInst &inst, const dil::Function &callee);
  void callC(const dil::CallInst &inst, const dil::Function &callee);
  void finishCall(const dil::CallBase &inst, Leaves result, llvm::Value *error);
  void passError(const dil::CallBase &inst, llvm::Value *error);
  void branchOnError(llvm::Value *error, llvm::BasicBlock *bad, llvm::BasicBlock *good);
  void appendArgument(dil::ValueId arg, llvm::SmallVectorImpl<llvm::Value *> &out);
  void returnRegisters(llvm::ArrayRef<llvm::Value *> registers);
  void emitReturnBlock();
  llvm::Value *convertedInteger(llvm::Value *value, TypeId from, llvm::Type *to);

  /// The instructions that are gone once counts are explicit.
  [[noreturn]] void uncounted(const dil::Inst &inst);
  void constantLeaves(TypeId type, const dil::Constant &value, Leaves &out);

public:
#define INST(STRUCT, MNEMONIC, STAGE) void emit(const dil::STRUCT &inst);
#include "compiler/dil/inst_kinds.def"

private:
  ModuleEmitter &emitter;
  const dil::Function &dil;
  llvm::Function *target;
  const Signature &signature;
  llvm::IRBuilder<> builder;
  FunctionDebug debug;
  SourceLoc location; ///< Of the instruction that is being translated.

  std::vector<Leaves> values;       ///< By ValueId.
  std::vector<PlaceFacts> places;   ///< By ValueId, for places.
  std::vector<llvm::BasicBlock *> blocks;
  std::vector<dil::BlockId> skipTo;   ///< By block: itself, or where it leads if it is empty.
  std::vector<unsigned> predecessors; ///< Edges into each block.
  std::vector<dil::BlockId> order;
  llvm::SmallVector<llvm::BasicBlock *, 8> panics; ///< Appended at the end, out of the way.
  llvm::BasicBlock *returnBlock = nullptr;         ///< Where results of several registers are put together.
  llvm::SmallVector<llvm::PHINode *, 2> returned;
  llvm::Instruction *lastAlloca = nullptr;
  llvm::Value *resultAddress = nullptr;            ///< Signature::Result::Indirect.
  // Under -fcheck-memory: the payloads of all objects of the frame, and where those of a storage begin there.
  llvm::Value *frameTable = nullptr;
  uint32_t framePayloads = 0;
  llvm::DenseMap<const dil::StorageInst *, uint32_t> firstPayload;
  llvm::DenseMap<const dil::StorageInst *, llvm::Value *> storageAt;
  llvm::DenseMap<dil::ValueId, llvm::Value *> regionMarks; ///< Of the function's own regions.
};

} // namespace dream::codegen
