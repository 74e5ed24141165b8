// DIL instructions: one plain struct for each row of inst_kinds.def. An instruction has at most one result. Every struct
// lists its operands with the use it makes of each, so that passes and verifiers need no table of their own.
#pragma once

#include "compiler/support/names.h"
#include "compiler/support/source.h"
#include "compiler/types/types.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Casting.h"
#include <string>
#include <vector>

namespace dream::dil {

using ValueId = Id<struct ValueTag>;
using BlockId = Id<struct BlockTag>;
using FuncId = Id<struct FuncTag>;
using GlobalId = Id<struct GlobalTag>;

enum class InstKind : uint8_t {
#define INST(STRUCT, MNEMONIC, STAGE) STRUCT,
#include "compiler/dil/inst_kinds.def"
};
llvm::StringRef mnemonic(InstKind kind);

/// What an SSA value holds (docs/dil.md, "Ownership").
enum class Ownership : uint8_t {
  None,     ///< Plain or constant: holds no counts, used any number of times.
  Owned,    ///< Consumed exactly once on every path.
  Borrowed, ///< Used only inside the life of its root.
  Address,  ///< A place; its type is the type of what lies there.
};

/// What an instruction does to an operand.
enum class Use : uint8_t {
  Plain,   ///< Reads bits.
  Borrow,  ///< Looks at a non-plain value and leaves it where it is.
  Consume, ///< Takes an owned value (of a plain one: reads it).
  Address, ///< Uses a place.
  Forward, ///< Consumes an owned value into the result, or borrows a borrowed one into it.
};

struct Inst {
  InstKind kind;
  SourceLoc loc;
  ValueId result; ///< Invalid if none.
};

#define DREAM_INST(STRUCT)                                                                                             \
  static constexpr InstKind kKind = InstKind::STRUCT;                                                                  \
  static bool classof(const Inst *inst) { return inst->kind == kKind; }
#define OPERANDS(...)                                                                                                  \
  template <typename F> void operands([[maybe_unused]] F &&visit) { __VA_ARGS__ }

// ---- Plain values ---------------------------------------------------------------------------------------------------

enum class ConstKind : uint8_t { Int, Float, Bool, Char, String, Null, Zero, Parts };
/// Its type says the width. String: immortal data. Null: an empty optional or pointer. Zero: the zero value of a type;
/// parts that have none are unset. Parts: of a fixed array or tuple, or the elements of an array, which is immortal data.
struct Constant {
  ConstKind constKind;
  uint64_t bits; ///< Int (sign-extended), Bool, Char.
  double number;
  llvm::StringRef text;            ///< In the arena of the function (or module).
  llvm::ArrayRef<Constant> parts;  ///< The same.
};
/// Constants hold no counts, so their ownership is None whatever their type.
struct ConstInst : Inst, Constant {
  DREAM_INST(ConstInst)
  OPERANDS()
};
/// The address of a function, as a C function pointer.
struct FnRefInst : Inst { DREAM_INST(FnRefInst) FuncId func; OPERANDS() };
enum class ArithOp : uint8_t { Add, Sub, Mul, Div, Rem, And, Or, Xor, Shl, Shr, UShr };
/// Both operands have the result's type, but a shift's count is an int. Wraps; with `checked`, overflow panics.
/// Div and Rem of integers assume a divisor that is not zero (see Check) and let MIN / -1 wrap.
struct ArithInst : Inst {
  DREAM_INST(ArithInst)
  ArithOp op;
  bool checked;
  ValueId lhs, rhs;
  OPERANDS(visit(lhs, Use::Plain); visit(rhs, Use::Plain);)
};
enum class UnaryOp : uint8_t { Neg, Not /* bool */, BitNot };
struct UnaryInst : Inst { DREAM_INST(UnaryInst) UnaryOp op; bool checked; ValueId value; OPERANDS(visit(value, Use::Plain);) };
enum class CmpOp : uint8_t { Eq, Ne, Lt, Le, Gt, Ge };
/// Numbers, chars, bools, pointers; Eq and Ne also compare the identity of counted references (null included).
struct CmpInst : Inst {
  DREAM_INST(CmpInst)
  CmpOp op;
  ValueId lhs, rhs;
  OPERANDS(visit(lhs, Use::Borrow); visit(rhs, Use::Borrow);)
};
/// Between numbers, chars, bools, enums and pointers; source and result types say what. Integers wrap, floats to
/// integers saturate, integer to char panics off the scalars.
struct ConvertInst : Inst { DREAM_INST(ConvertInst) ValueId value; OPERANDS(visit(value, Use::Plain);) };
enum class CheckKind : uint8_t {
  Bounds,   ///< 0 <= a < b, both int (or both long).
  Slice,    ///< 0 <= a <= b.
  Divisor,  ///< a != 0.
  Late,     ///< Reference a is set; text names the slot.
  NotNull,  ///< Reference a (optional) is not null, or bool a (of a tagged optional) is true; text names the expression.
  Cast,     ///< Reference a is a `type` (or null if `type` is optional).
  Length,   ///< a >= 0: length of a new array.
  Taken,    ///< Reference a is not the taken marker; text names the place.
  Matched,  ///< Bool a: an arm was taken; text names the type of what was matched.
};
/// Panics if the condition does not hold. No result.
struct CheckInst : Inst {
  DREAM_INST(CheckInst)
  CheckKind check;
  ValueId a, b; ///< b may be invalid.
  TypeId type;
  llvm::StringRef text;
  OPERANDS(visit(a, Use::Borrow); if (b.isValid()) visit(b, Use::Plain);)
};
/// An operation that LLVM has an intrinsic or a short sequence for; names in intrinsics.def.
enum class Intrinsic : uint8_t {
#define INTRINSIC(NAME, SPELLING) NAME,
#include "compiler/dil/intrinsics.def"
};
struct IntrinsicInst : Inst {
  DREAM_INST(IntrinsicInst)
  Intrinsic intrinsic;
  llvm::SmallVector<ValueId, 3> args;
  OPERANDS(for (ValueId &arg : args) visit(arg, Use::Borrow);)
};

// ---- Aggregates and references --------------------------------------------------------------------------------------

/// Builds a struct, tuple or fixed array from all its parts, in order.
struct MakeInst : Inst {
  DREAM_INST(MakeInst)
  llvm::SmallVector<ValueId, 4> parts;
  OPERANDS(for (ValueId &part : parts) visit(part, Use::Consume);)
};
/// A part of a plain or borrowed aggregate; borrowed (or plain) itself.
struct ProjectInst : Inst { DREAM_INST(ProjectInst) ValueId value; unsigned index; OPERANDS(visit(value, Use::Borrow);) };
/// A value of an enum with payloads: its case `variant`, from all parts of that case, in order.
struct VariantInst : Inst {
  DREAM_INST(VariantInst)
  unsigned variant;
  llvm::SmallVector<ValueId, 4> parts;
  OPERANDS(for (ValueId &part : parts) visit(part, Use::Consume);)
};
/// The tag of a value of an enum with payloads: an integer of the enum's underlying type.
struct TagInst : Inst { DREAM_INST(TagInst) ValueId value; OPERANDS(visit(value, Use::Borrow);) };
/// Part `index` of an enum's value that is known to be case `variant`; borrowed (or plain) itself.
struct PayloadInst : Inst {
  DREAM_INST(PayloadInst)
  ValueId value;
  unsigned variant, index;
  OPERANDS(visit(value, Use::Borrow);)
};
enum class CastKind : uint8_t {
  Up,         ///< Class to base, interface or object.
  Down,       ///< To a type that a test or Check has proved.
  ToOptional, ///< T to T?.
  Unwrap,     ///< T? to T, known not to be null.
  Pointer,    ///< Between raw pointers.
};
/// Same bits, other type; to and from a tagged optional, a value with or without its tag.
struct CastInst : Inst {
  DREAM_INST(CastInst)
  CastKind cast;
  ValueId value;
  bool looks; ///< Of an owned value, which stays where it is: the result is borrowed.
  OPERANDS(visit(value, looks ? Use::Borrow : Use::Forward);)
};
/// bool: the reference is not null and its object is a `type`.
struct TypeIsInst : Inst { DREAM_INST(TypeIsInst) ValueId value; TypeId type; OPERANDS(visit(value, Use::Borrow);) };

// ---- Places ---------------------------------------------------------------------------------------------------------

/// Storage for a local variable or temporary of the result's type, uninitialised at this point. Executing it again (in a
/// loop) begins a new life; what the last life held must have been dropped.
struct SlotInst : Inst {
  DREAM_INST(SlotInst)
  llvm::StringRef name;  ///< The user's name; "" for temporaries.
  unsigned argument = 0; ///< 1-based number when it holds a parameter's copy, for debuggers.
  bool isCursor = false; ///< What lies in it is not counted: the places that it was copied from keep it alive.
  OPERANDS()
};
struct GlobalInst : Inst { DREAM_INST(GlobalInst) GlobalId global; OPERANDS() };
/// Place of field `field` (index into NominalInfo::fields, or of a tuple) of an object (base: its reference) or of a
/// struct place (base: its address).
struct FieldInst : Inst { DREAM_INST(FieldInst) ValueId base; unsigned field; OPERANDS(visit(base, Use::Borrow);) };
/// Place of an element. Base: a borrowed array (from load.borrow, or from unique for writes), a borrowed string (its bytes,
/// to be read), the address of a fixed array, a view, or a raw pointer. Indices are ints or longs in bounds; one for each dimension.
struct ElemInst : Inst {
  DREAM_INST(ElemInst)
  ValueId base;
  llvm::SmallVector<ValueId, 2> indices;
  OPERANDS(visit(base, Use::Borrow); for (ValueId &index : indices) visit(index, Use::Plain);)
};
/// A view (the result's type) of all elements of a borrowed array, a borrowed string (its bytes), the place of a fixed array or
/// another view; with `first` and `count`, both ints, of these elements, which are in bounds. It is used while its base lives.
struct SpanInst : Inst {
  DREAM_INST(SpanInst)
  ValueId base, first, count;
  OPERANDS(visit(base, Use::Borrow); if (first.isValid()) { visit(first, Use::Plain); visit(count, Use::Plain); })
};
/// int: length of an array, string or view; of dimension `dimension` of a rectangular array, all elements if negative.
struct LenInst : Inst { DREAM_INST(LenInst) ValueId value; int dimension; OPERANDS(visit(value, Use::Borrow);) };
/// Opens an access; the result is the address to use inside it. Loads and stores that stand outside any explicit access
/// are accesses of their own, for an instant.
struct AccessReadInst : Inst { DREAM_INST(AccessReadInst) ValueId place; OPERANDS(visit(place, Use::Address);) };
struct AccessModifyInst : Inst { DREAM_INST(AccessModifyInst) ValueId place; OPERANDS(visit(place, Use::Address);) };
struct EndAccessInst : Inst { DREAM_INST(EndAccessInst) ValueId access; OPERANDS(visit(access, Use::Address);) };
/// A copy of what lies there (plain: its bits; counted: +1).
struct LoadCopyInst : Inst {
  DREAM_INST(LoadCopyInst)
  ValueId place;
  bool orTake; ///< The field of an object that nobody reads again: if the object is unique, its content moves out.
  OPERANDS(visit(place, Use::Address);)
};
/// Moves out; the place is uninitialised (fields, elements, globals: taken) afterwards.
struct LoadTakeInst : Inst { DREAM_INST(LoadTakeInst) ValueId place; OPERANDS(visit(place, Use::Address);) };
/// Looks without counting, until end_borrow; the place must not be written meanwhile.
struct LoadBorrowInst : Inst { DREAM_INST(LoadBorrowInst) ValueId place; OPERANDS(visit(place, Use::Address);) };
/// Stores into an uninitialised place.
struct InitInst : Inst { DREAM_INST(InitInst) ValueId place, value; OPERANDS(visit(place, Use::Address); visit(value, Use::Consume);) };
/// Stores into a place whatever its state: in a slot the old value, if any, is dropped after the store; in a field,
/// element or global there always is one.
struct AssignInst : Inst { DREAM_INST(AssignInst) ValueId place, value; OPERANDS(visit(place, Use::Address); visit(value, Use::Consume);) };
/// Inside a modify access of an array: makes the array unshared, and gives it, borrowed, for raw writes of elements.
struct UniqueInst : Inst {
  DREAM_INST(UniqueInst)
  ValueId place;
  bool isKnown; ///< It is unshared already: only gives the array.
  OPERANDS(visit(place, Use::Address);)
};

// ---- Ownership ------------------------------------------------------------------------------------------------------

/// +1: an owned copy of a borrowed or owned value.
struct CopyInst : Inst { DREAM_INST(CopyInst) ValueId value; OPERANDS(visit(value, Use::Borrow);) };
struct EndBorrowInst : Inst { DREAM_INST(EndBorrowInst) ValueId value; OPERANDS(visit(value, Use::Borrow);) };
struct DropInst : Inst {
  DREAM_INST(DropInst)
  ValueId value;
  bool withRegion; ///< Nothing needs to be done: what dies lies in a region that is closed next, and holds nothing else. (An
                   ///< array may have left it to grow, or to be written; its header tells.)
  OPERANDS(visit(value, Use::Consume);)
};
/// Ends the life of a slot: drops what it holds, if it holds anything; definite initialisation decides. `endsLife` marks
/// the user's `x = null`.
struct DropSlotInst : Inst { DREAM_INST(DropSlotInst) ValueId place; bool endsLife; OPERANDS(visit(place, Use::Address);) };
/// Drops what `place` holds if the bool slot `flag` is true, and clears the flag.
struct DropIfInst : Inst { DREAM_INST(DropIfInst) ValueId flag, place; OPERANDS(visit(flag, Use::Address); visit(place, Use::Address);) };

// ---- Allocation -----------------------------------------------------------------------------------------------------

/// Storage for new objects, as a `byte*` that allocations and calls are given: in this function's frame, or a part of other
/// storage. Executing it again means the same bytes: what they held is dead by then.
struct StorageInst : Inst {
  DREAM_INST(StorageInst)
  uint32_t bytes, align;
  ValueId whole;   ///< Invalid: it lies in the frame.
  uint32_t offset; ///< In the whole.
  llvm::SmallVector<uint32_t, 2> payloads; ///< Of storage in the frame: where its objects' payloads will lie.
  OPERANDS(if (whole.isValid()) visit(whole, Use::Plain);)
};
/// Opens a region for any number of objects, as a `byte*` that allocations and calls are given. A function that gets a region
/// from its caller opens its own ones beside that one: they do not meet.
struct RegionOpenInst : Inst {
  DREAM_INST(RegionOpenInst)
  ValueId beside; ///< Invalid: the function has none from its caller.
  OPERANDS(if (beside.isValid()) visit(beside, Use::Plain);)
};
/// Closes the region of this function that was opened last, with everything in it.
struct RegionCloseInst : Inst { DREAM_INST(RegionCloseInst) ValueId region; OPERANDS(visit(region, Use::Plain);) };
/// Opens an arena of the program, a region that lives until it is closed, as a `byte*`. Any number of them may be open, and each
/// of them may be given to allocations and calls.
struct ArenaOpenInst : Inst {
  DREAM_INST(ArenaOpenInst)
  llvm::StringRef name; ///< As the program calls it; may be empty.
  ValueId size;         ///< A long, the bytes that it is to begin with; invalid if nothing is said.
  bool isListed;        ///< What still lives where it is closed lets go what it holds. (Decided where objects are placed.)
  OPERANDS(if (size.isValid()) visit(size, Use::Plain);)
};
/// Closes the arena of this function that was opened last, with everything in it.
struct ArenaCloseInst : Inst { DREAM_INST(ArenaCloseInst) ValueId arena; OPERANDS(visit(arena, Use::Plain);) };
/// Where the program says that a `new` is to lie, until objects are placed.
struct Wish {
  ValueId arena; ///< The arena that it names, or, of an object, in which it is written; invalid if there is none.
  bool onHeap;   ///< `in heap`, or an object that is thrown in an arena.
};
/// Common to what the compiler finds a place for.
struct PlacedInst : Inst {
  ValueId storage;     ///< Storage, or a region (isRegion). Invalid: on the heap.
  llvm::StringRef why; ///< The reason of its place, once that is decided; in the function's arena.
};
/// A new object of the (class) result type: fields hold zero values, late fields are unset. Owned, unique.
struct AllocInst : PlacedInst {
  DREAM_INST(AllocInst)
  ValueId reused; ///< An object, or none, that dies here: if it is unique, of that very class, and on the heap, it is the new one.
  ValueId tested; ///< Whether that is unique, and on the heap, if it is known (a bool).
  ValueId from;   ///< An arena that the program keeps, a byte*: to everybody but the runtime as if it were the heap.
  OPERANDS(if (storage.isValid()) visit(storage, Use::Plain); if (reused.isValid()) visit(reused, Use::Consume);
           if (tested.isValid()) visit(tested, Use::Plain); if (from.isValid()) visit(from, Use::Plain);)
};
enum class CaptureMode : uint8_t {
  Copy,
  Changed, ///< A copy that the closure changes for the time of a call: the variable it came from should not be read later.
  Ref,     ///< The address of a place; the environment holds it as a pointer.
};
/// A closure of the (Func) result type: calling it calls `func`, with the closure itself as first argument. `environment`
/// is a class without bases whose field 0 holds the code and whose other fields hold the captures; to `func`, the closure
/// cast down to it. Without captures it lies in static data, and has no ownership. On the stack, for a closure that never
/// leaves the frame, it only borrows its captures, and has no ownership either.
struct ClosureInst : PlacedInst {
  DREAM_INST(ClosureInst)
  FuncId func;
  TypeId environment;
  bool onStack;
  llvm::SmallVector<ValueId, 4> captures;
  llvm::SmallVector<CaptureMode, 4> modes; ///< One for each capture.
  OPERANDS(for (size_t i = 0; i < captures.size(); ++i)
               visit(captures[i], modes[i] == CaptureMode::Ref ? Use::Address : onStack ? Use::Borrow : Use::Consume);
           if (storage.isValid()) visit(storage, Use::Plain);)
};
/// A new array of the (Array or Rect) result type; elements hold zero values or are unset. One length for each dimension,
/// none negative.
struct AllocArrayInst : PlacedInst {
  DREAM_INST(AllocArrayInst)
  llvm::SmallVector<ValueId, 2> lengths;
  Wish wish;
  OPERANDS(for (ValueId &length : lengths) visit(length, Use::Plain); if (storage.isValid()) visit(storage, Use::Plain);
           if (wish.arena.isValid()) visit(wish.arena, Use::Plain);)
};
/// A struct or primitive in a counted box, as the (interface or object) result type.
struct BoxInst : PlacedInst {
  DREAM_INST(BoxInst)
  ValueId value;
  OPERANDS(visit(value, Use::Consume); if (storage.isValid()) visit(storage, Use::Plain);)
};
/// A copy of the content of a box whose type a Check has proved.
struct UnboxInst : Inst { DREAM_INST(UnboxInst) ValueId value; OPERANDS(visit(value, Use::Borrow);) };
/// Puts a value in the place of a box's content, which is of the same type, and drops that.
struct ReboxInst : Inst {
  DREAM_INST(ReboxInst)
  ValueId box, value;
  OPERANDS(visit(box, Use::Borrow); visit(value, Use::Consume);)
};

/// A weak reference (the result's type) to the object that a class reference or an optional one leads to; null if there is none.
struct WeakOfInst : Inst { DREAM_INST(WeakOfInst) ValueId value; OPERANDS(visit(value, Use::Borrow);) };
/// The object that a weak reference leads to, as an optional; null if it is dead, or dying.
struct WeakGetInst : Inst { DREAM_INST(WeakGetInst) ValueId value; OPERANDS(visit(value, Use::Borrow);) };

// ---- After counting -------------------------------------------------------------------------------------------------

struct LoadInst : Inst { DREAM_INST(LoadInst) ValueId place; OPERANDS(visit(place, Use::Address);) };
struct StoreInst : Inst { DREAM_INST(StoreInst) ValueId place, value; OPERANDS(visit(place, Use::Address); visit(value, Use::Plain);) };
/// Adds one to every count that the value holds (a struct: to each of its counted parts).
struct RetainInst : Inst { DREAM_INST(RetainInst) ValueId value; OPERANDS(visit(value, Use::Plain);) };
struct ReleaseInst : Inst {
  DREAM_INST(ReleaseInst)
  ValueId value;
  bool inFrame; ///< It may well lie in the frame, where its death frees nothing: worth a test.
  bool withRegion; ///< As of the drop that it was.
  OPERANDS(visit(value, Use::Plain);)
};

// ---- Calls ----------------------------------------------------------------------------------------------------------

/// Common to calls. When `ok` is valid the call ends its block: the result becomes the only argument of `ok` (none if
/// void), and on error the owned Exception becomes the only argument of `error`. Then `result` is invalid.
/// Arguments: as the callee's parameters say (Borrow, Own, address).
struct CallBase : Inst {
  llvm::SmallVector<ValueId, 4> args;
  llvm::SmallVector<Use, 4> uses; ///< One for each argument; made from the callee's parameters by the builder.
  TypeId resultType;
  BlockId ok, error;
  bool canThrow() const { return ok.isValid(); }
  static bool classof(const Inst *inst) {
    return inst->kind == InstKind::CallInst || inst->kind == InstKind::CallSlotInst || inst->kind == InstKind::CallFnInst;
  }
};
/// Direct, of a Dream, runtime or C function.
struct CallInst : CallBase {
  DREAM_INST(CallInst)
  FuncId callee;
  Wish wish;        ///< Of a `new`, the call of whose maker this is,
  SourceLoc newEnd; ///< and where it ends in the source; not in the text.
  OPERANDS(for (size_t i = 0; i < args.size(); ++i) visit(args[i], uses[i]); if (wish.arena.isValid()) visit(wish.arena, Use::Plain);)
};
/// Through slot `slot` of the vtable of a class, or of the table of an interface: `type` says which; args[0] is `this`.
struct CallSlotInst : CallBase {
  DREAM_INST(CallSlotInst)
  TypeId type;
  unsigned slot;
  OPERANDS(for (size_t i = 0; i < args.size(); ++i) visit(args[i], uses[i]);)
};
/// Of a closure.
struct CallFnInst : CallBase {
  DREAM_INST(CallFnInst)
  ValueId callee;
  OPERANDS(visit(callee, Use::Borrow); for (size_t i = 0; i < args.size(); ++i) visit(args[i], uses[i]);)
};

// ---- Terminators ----------------------------------------------------------------------------------------------------

struct BrInst : Inst {
  DREAM_INST(BrInst)
  BlockId target;
  llvm::SmallVector<ValueId, 2> args;
  OPERANDS(for (ValueId &arg : args) visit(arg, Use::Consume);)
};
/// Its targets take no arguments.
struct CondBrInst : Inst {
  DREAM_INST(CondBrInst)
  ValueId condition;
  BlockId whenTrue, whenFalse;
  OPERANDS(visit(condition, Use::Plain);)
};
/// On integers, chars and bools. Its targets take no arguments.
struct SwitchInst : Inst {
  DREAM_INST(SwitchInst)
  struct Case { uint64_t value; BlockId target; };
  ValueId value;
  llvm::SmallVector<Case, 4> cases;
  BlockId otherwise;
  OPERANDS(visit(value, Use::Plain);)
};
struct ReturnInst : Inst { DREAM_INST(ReturnInst) ValueId value; /* invalid in void functions */ OPERANDS(if (value.isValid()) visit(value, Use::Consume);) };
/// Returns on the error edge; consumes an owned Exception.
struct ThrowInst : Inst { DREAM_INST(ThrowInst) ValueId value; OPERANDS(visit(value, Use::Consume);) };
/// Of a function whose first parameter is an iterator: a class whose field 0 is the state, an int, and field 1 the current
/// element. Puts the value there and returns true; when the function runs again, it goes on in `resume`, or, if its second
/// parameter says so, in `dispose`. Between the mandatory passes and `iterators` only.
struct YieldInst : Inst {
  DREAM_INST(YieldInst)
  ValueId value;
  BlockId resume, dispose;
  OPERANDS(visit(value, Use::Consume);)
};
enum class UnreachableReason : uint8_t {
  MissingReturn, ///< The end of a function that must return a value: an error if control can come here.
  Never,         ///< After a call that does not return.
};
struct UnreachableInst : Inst { DREAM_INST(UnreachableInst) UnreachableReason reason; OPERANDS() };

#undef DREAM_INST
#undef OPERANDS

/// Calls `function` with the instruction cast to its own struct.
template <typename F> decltype(auto) dispatch(Inst &inst, F &&function) {
  switch (inst.kind) {
#define INST(STRUCT, MNEMONIC, STAGE)                                                                                  \
  case InstKind::STRUCT:                                                                                               \
    return function(static_cast<STRUCT &>(inst));
#include "compiler/dil/inst_kinds.def"
  }
  __builtin_unreachable();
}
template <typename F> decltype(auto) dispatch(const Inst &inst, F &&function) {
  return dispatch(const_cast<Inst &>(inst), std::forward<F>(function));
}
/// visit(ValueId &operand, Use use) for each operand.
template <typename F> void forEachOperand(Inst &inst, F &&visit) {
  dispatch(inst, [&](auto &typed) { typed.operands(visit); });
}
template <typename F> void forEachOperand(const Inst &inst, F &&visit) {
  dispatch(inst, [&](auto &typed) { typed.operands([&](ValueId &operand, Use use) { visit(ValueId(operand), use); }); });
}
/// visit(BlockId &target) for each edge that leaves a terminator (calls with edges included).
template <typename F> void forEachTarget(Inst &inst, F &&visit) {
  if (auto *call = llvm::dyn_cast<CallBase>(&inst)) {
    if (call->ok.isValid()) {
      visit(call->ok);
      visit(call->error);
    }
  } else if (auto *br = llvm::dyn_cast<BrInst>(&inst)) {
    visit(br->target);
  } else if (auto *condBr = llvm::dyn_cast<CondBrInst>(&inst)) {
    visit(condBr->whenTrue);
    visit(condBr->whenFalse);
  } else if (auto *yield = llvm::dyn_cast<YieldInst>(&inst)) {
    visit(yield->resume);
    visit(yield->dispose);
  } else if (auto *sw = llvm::dyn_cast<SwitchInst>(&inst)) {
    for (auto &oneCase : sw->cases)
      visit(oneCase.target);
    visit(sw->otherwise);
  }
}
template <typename F> void forEachTarget(const Inst &inst, F &&visit) {
  forEachTarget(const_cast<Inst &>(inst), [&](BlockId &target) { visit(BlockId(target)); });
}
bool isTerminator(const Inst &inst);

} // namespace dream::dil
