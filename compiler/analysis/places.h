// What an address names: the root that holds the storage, and the way from there to the part. Addresses are followed
// through accesses, so that every address inside an access has the place of the access, or of a part of it.
#pragma once

#include "compiler/dil/module.h"
#include "llvm/ADT/SmallVector.h"

namespace dream::analysis {

enum class PlaceRoot : uint8_t {
  Slot,    ///< A slot of this function: `value`.
  Param,   ///< What an address parameter points at: `value`.
  Global,  ///< A module variable: `global`.
  Field,   ///< Field `field` of the object that `value` refers to.
  Element, ///< An element of the array `value`; which one is not known.
  Pointer, ///< Where the raw pointer `value` points.
};

/// A step of a path that may be any element of a fixed array.
inline constexpr unsigned kAnyElement = ~0u;

struct Place {
  PlaceRoot root = PlaceRoot::Pointer;
  dil::ValueId value;
  dil::GlobalId global;
  unsigned field = 0;
  llvm::SmallVector<unsigned, 2> path; ///< Fields of structs, from the root inwards.

  bool isLocal() const { return root == PlaceRoot::Slot; }
  bool isWhole() const { return path.empty(); }
  bool sameRoot(const Place &other) const {
    return root == other.root && value == other.value && global == other.global && field == other.field;
  }
  /// One holds the other, or they are the same; roots must be equal.
  bool overlaps(const Place &other) const;
  bool operator==(const Place &other) const { return sameRoot(other) && path == other.path; }
};

/// What an instruction puts into which place, of its own accord: init and assign do; for others both are invalid.
struct Stored {
  dil::ValueId place, value;
  explicit operator bool() const { return place.isValid(); }
};
Stored storedBy(const dil::Inst &inst);

/// The place of an address value.
Place placeOf(const dil::Function &function, dil::ValueId address);
/// The root of an address value: a slot, an address parameter, or the instruction result where the address leaves the
/// frame (a field of an object, an element, a global). Cheaper than the whole place.
dil::ValueId rootOf(const dil::Function &function, dil::ValueId address);
/// The address is a slot or an address parameter itself, or an access of it; not a part, and nothing outside the frame.
bool isWholeRoot(const dil::Function &function, dil::ValueId address);
/// The user's name of a parameter, given by its value in the entry; "" of other values.
llvm::StringRef paramName(const dil::Function &function, dil::ValueId value);
/// Of the slot or parameter that a place lies in; "" of others, and of temporaries.
llvm::StringRef nameOf(const dil::Function &function, const Place &place);
/// The access instruction that an address was opened by, if any: the address itself, or what it is a part of.
dil::Inst *accessOf(const dil::Function &function, dil::ValueId address);
/// The value that a borrowed value looks into: follows casts and projections to a load.borrow, unique, parameter, copy …
dil::ValueId borrowRoot(const dil::Function &function, dil::ValueId value);
/// Class that declares a field of an object: with the index, the same for every derived class.
dream::NominalId fieldOwner(const TypeTable &types, TypeId holder, unsigned field);

/// The slots of one function, numbered in the order of the text, and the slot that each address lies in.
class SlotTable {
public:
  explicit SlotTable(const dil::Function &function);

  static constexpr uint32_t kNone = ~0u;
  size_t size() const { return slots.size(); }
  dil::SlotInst *operator[](uint32_t number) const { return slots[number]; }
  /// The slot that an address (or a borrow of a slot's content) leads to, or kNone.
  uint32_t of(dil::ValueId value) const { return slotOf[value.index]; }

private:
  std::vector<dil::SlotInst *> slots;
  std::vector<uint32_t> slotOf;
};

} // namespace dream::analysis
