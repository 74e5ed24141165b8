// 3xx: the types of every instruction's operands and result, and the ownership of its result. Here of all but plain values.
#include "compiler/dil/verify/type_rules.h"

namespace dream::dil::verifier {

// ---- Results

bool TypeRules::has(const Inst &inst, Ownership ownership) {
  if (!inst.result.isValid()) {
    report.add(300, inst, "the result is missing");
    return false;
  }
  Ownership found = function[inst.result].ownership;
  // Once counts are explicit, only places are told from values.
  bool fits = module.stage == Stage::Counted ? (found == Ownership::Address) == (ownership == Ownership::Address)
                                             : found == ownership;
  if (!fits)
    report.add(300, inst, "the result has not the ownership that the instruction gives");
  return fits;
}
void TypeRules::hasNone(const Inst &inst) {
  if (inst.result.isValid())
    report.add(300, inst, "the instruction gives no result");
}

// ---- Aggregates and references

void TypeRules::rule(const MakeInst &inst) {
  if (!hasFresh(inst))
    return;
  TypeId type = typeOf(inst.result);
  TypeKind kind = types.kind(type);
  if (kind != TypeKind::Struct && kind != TypeKind::Tuple && kind != TypeKind::FixedArray)
    return report.add(309, inst, "only structs, tuples and fixed arrays are made of parts");
  if (partCount(types, type) != inst.parts.size())
    return report.add(309, inst, "the type has " + llvm::Twine(partCount(types, type)) + " parts");
  for (size_t i = 0; i < inst.parts.size(); ++i)
    require(same(typeOf(inst.parts[i]), partType(types, type, i)), 309, inst, "a part is of another type");
}

void TypeRules::rule(const ProjectInst &inst) {
  if (!hasBorrowed(inst))
    return;
  TypeKind kind = kindOf(inst.value);
  if (kind != TypeKind::Struct && kind != TypeKind::Tuple && kind != TypeKind::FixedArray && !types.isTaggedOptional(typeOf(inst.value)))
    return report.add(310, inst, "only structs, tuples, fixed arrays and tagged optionals have parts");
  TypeId part = partType(types, typeOf(inst.value), inst.index);
  require(part.isValid() && same(part, typeOf(inst.result)), 310, inst, "there is no such part of the result's type");
}

const EnumCase *TypeRules::caseOf(TypeId type, unsigned variant) {
  if (!types.isPayloadEnum(type) || variant >= types.info(type).cases.size())
    return nullptr;
  return &types.info(type).cases[variant];
}

void TypeRules::rule(const VariantInst &inst) {
  if (!hasFresh(inst))
    return;
  const EnumCase *variant = caseOf(typeOf(inst.result), inst.variant);
  if (!variant)
    return report.add(332, inst, "the result's type is no enum with payloads that has such a case");
  if (variant->parts.size() != inst.parts.size())
    return report.add(332, inst, "the case has " + llvm::Twine(variant->parts.size()) + " parts");
  for (size_t i = 0; i < inst.parts.size(); ++i)
    require(same(typeOf(inst.parts[i]), variant->parts[i].type), 332, inst, "a part is of another type");
}

void TypeRules::rule(const TagInst &inst) {
  if (hasPlain(inst))
    require(types.isPayloadEnum(typeOf(inst.value)) && typeOf(inst.result) == types.info(typeOf(inst.value)).underlying, 333,
            inst, "the operand is no enum with payloads whose tag is of the result's type");
}

void TypeRules::rule(const PayloadInst &inst) {
  if (!hasBorrowed(inst))
    return;
  const EnumCase *variant = caseOf(typeOf(inst.value), inst.variant);
  require(variant && inst.index < variant->parts.size() && same(variant->parts[inst.index].type, typeOf(inst.result)), 334, inst,
          "there is no such part of such a case of the result's type");
}

void TypeRules::rule(const CastInst &inst) {
  Ownership held = function[inst.value].ownership;
  if (!has(inst, inst.looks && held == Ownership::Owned ? Ownership::Borrowed : held))
    return;
  TypeId from = typeOf(inst.value), to = typeOf(inst.result);
  auto inner = [&](TypeId id) { return types.kind(id) == TypeKind::Optional ? types[id].element : id; };
  bool areCounted = types.isCounted(from) && types.isCounted(to), fits = false;
  switch (inst.cast) {
  case CastKind::Up:
    fits = areCounted && (types.kind(from) != TypeKind::Optional || types.kind(to) == TypeKind::Optional) &&
           (inner(to) == types::Object || types.isSubtype(inner(from), inner(to)));
    break;
  case CastKind::Down:
    fits = areCounted;
    break;
  case CastKind::ToOptional:
    fits = types.kind(to) == TypeKind::Optional && same(types[to].element, from);
    break;
  case CastKind::Unwrap:
    fits = types.kind(from) == TypeKind::Optional && same(types[from].element, to);
    break;
  case CastKind::Pointer:
    fits = types.kind(from) == TypeKind::Pointer && types.kind(to) == TypeKind::Pointer;
    break;
  }
  require(fits, 311, inst, "the cast does not lead from the one type to the other");
}

void TypeRules::rule(const TypeIsInst &inst) {
  if (hasPlain(inst))
    require(typeOf(inst.result) == types::Bool, 312, inst, "the test gives a bool");
  require(types.isCounted(typeOf(inst.value)), 312, inst, "only references are tested");
}

// ---- Places

void TypeRules::rule(const SlotInst &inst) { hasPlace(inst); }

void TypeRules::rule(const GlobalInst &inst) {
  if (hasPlace(inst))
    require(same(module[inst.global].type, typeOf(inst.result)), 314, inst, "the variable is of another type");
}

void TypeRules::rule(const FieldInst &inst) {
  if (!hasPlace(inst))
    return;
  TypeKind kind = kindOf(inst.base);
  bool fits = isAddress(inst.base) ? kind == TypeKind::Struct || kind == TypeKind::Tuple || types.isTaggedOptional(typeOf(inst.base)) ||
                                                types.isPayloadEnum(typeOf(inst.base))
                                   : kind == TypeKind::Class;
  require(fits, 315, inst, "the base is neither an object nor the place of a struct, tuple, tagged optional or enum with payloads");
  TypeId part = fits ? fieldType(types, typeOf(inst.base), inst.field) : TypeId();
  require(!fits || (part.isValid() && same(part, typeOf(inst.result))), 315, inst,
          "there is no such field of the result's type");
}

void TypeRules::rule(const ElemInst &inst) {
  if (!hasPlace(inst))
    return;
  TypeId base = typeOf(inst.base);
  bool isPointer = types.kind(base) == TypeKind::Pointer && !isAddress(inst.base);
  bool isFlat = isPointer || types.isView(base);
  uint64_t expected = isAddress(inst.base) ? types.kind(base) == TypeKind::FixedArray : isFlat ? 1 : rank(base);
  if (expected == 0)
    return report.add(316, inst, "the base is no array, string, place of a fixed array, view or pointer");
  require(inst.indices.size() == expected, 316, inst, "there is not one index for each dimension");
  for (ValueId index : inst.indices)
    require(isIndex(index), 316, inst, "an index is neither int nor long");
  require(same(elementType(types, base), typeOf(inst.result)), 316, inst, "the elements are of another type");
}

void TypeRules::rule(const SpanInst &inst) {
  if (!hasPlain(inst))
    return;
  TypeId view = typeOf(inst.result), base = typeOf(inst.base);
  require(types.isView(view), 335, inst, "the result is no view");
  bool fits = isAddress(inst.base) ? types.kind(base) == TypeKind::FixedArray
                                   : types.kind(base) == TypeKind::Array || types.kind(base) == TypeKind::String || types.isView(base);
  require(fits, 335, inst, "the base is no array, string, place of a fixed array or view");
  require(!fits || !types.isView(view) || same(elementType(types, base), types.viewElement(view)), 335, inst, "the elements are of another type");
  bool isReadOnly = types.kind(base) == TypeKind::String || (types.isView(base) && types.info(base).isReadOnlyView);
  require(!isReadOnly || !types.isView(view) || types.info(view).isReadOnlyView, 335, inst, "the elements of the base may only be read");
  require(inst.first.isValid() == inst.count.isValid(), 335, inst, "the first element goes with a count");
  if (inst.first.isValid() && inst.count.isValid())
    require(typeOf(inst.first) == types::Int32 && typeOf(inst.count) == types::Int32, 335, inst, "the first element and the count are ints");
}

void TypeRules::rule(const LenInst &inst) {
  if (hasPlain(inst))
    require(typeOf(inst.result) == types::Int32, 317, inst, "a length is an int");
  uint64_t dimensions = types.isView(typeOf(inst.value)) ? 1 : rank(typeOf(inst.value));
  require(dimensions != 0, 317, inst, "only arrays, strings and views have a length");
  require(inst.dimension < 0 || uint64_t(inst.dimension) < dimensions, 317, inst, "there is no such dimension");
}

void TypeRules::access(const Inst &inst, ValueId place) {
  if (hasPlace(inst))
    require(same(inst.result, place), 318, inst, "the place is of another type");
}
void TypeRules::rule(const AccessReadInst &inst) { access(inst, inst.place); }
void TypeRules::rule(const AccessModifyInst &inst) { access(inst, inst.place); }
void TypeRules::rule(const EndAccessInst &inst) { hasNone(inst); }

void TypeRules::load(const Inst &inst, ValueId place, Ownership ownership) {
  if (hasAs(inst, ownership))
    require(same(inst.result, place), 319, inst, "the place is of another type");
}
void TypeRules::rule(const LoadCopyInst &inst) {
  load(inst, inst.place, Ownership::Owned);
  auto *field = llvm::dyn_cast_or_null<FieldInst>(function[inst.place].definition);
  require(!inst.orTake || (field && !types.isPlain(typeOf(inst.place)) && kindOf(field->base) == TypeKind::Class), 319, inst,
          "only a field of an object that holds counts is taken if it may be");
}
void TypeRules::rule(const LoadTakeInst &inst) { load(inst, inst.place, Ownership::Owned); }
void TypeRules::rule(const LoadBorrowInst &inst) { load(inst, inst.place, Ownership::Borrowed); }
void TypeRules::rule(const LoadInst &inst) { load(inst, inst.place, Ownership::None); }

void TypeRules::store(const Inst &inst, ValueId place, ValueId value) {
  hasNone(inst);
  require(same(place, value), 320, inst, "the place is of another type");
}
void TypeRules::rule(const InitInst &inst) { store(inst, inst.place, inst.value); }
void TypeRules::rule(const AssignInst &inst) { store(inst, inst.place, inst.value); }
void TypeRules::rule(const StoreInst &inst) { store(inst, inst.place, inst.value); }

void TypeRules::rule(const UniqueInst &inst) {
  if (!hasBorrowed(inst))
    return;
  TypeKind kind = kindOf(inst.place);
  require((kind == TypeKind::Array || kind == TypeKind::Rect) && same(inst.result, inst.place), 321, inst,
          "only the place of an array is made unique");
}

// ---- Ownership

void TypeRules::rule(const CopyInst &inst) {
  if (hasFresh(inst))
    require(same(inst.result, inst.value), 322, inst, "the copy is of another type");
}
void TypeRules::rule(const EndBorrowInst &inst) { hasNone(inst); }
void TypeRules::rule(const DropInst &inst) { hasNone(inst); }
void TypeRules::rule(const DropSlotInst &inst) { hasNone(inst); }
void TypeRules::rule(const DropIfInst &inst) {
  hasNone(inst);
  require(typeOf(inst.flag) == types::Bool, 323, inst, "the flag is no bool");
}

// ---- Allocation

void TypeRules::rule(const RegionOpenInst &inst) {
  if (hasPlain(inst))
    require(isBytes(inst.result), 336, inst, "a region is a byte*");
}
void TypeRules::rule(const RegionCloseInst &inst) { hasNone(inst); }

void TypeRules::rule(const ArenaOpenInst &inst) {
  if (!hasPlain(inst))
    return;
  require(isBytes(inst.result), 336, inst, "an arena is a byte*");
  require(!inst.size.isValid() || typeOf(inst.size) == types::Int64, 336, inst, "its size is no long");
}
void TypeRules::rule(const ArenaCloseInst &inst) { hasNone(inst); }

void TypeRules::rule(const StorageInst &inst) {
  if (!hasPlain(inst))
    return;
  require(isBytes(inst.result), 336, inst, "storage is a byte*");
  require(inst.bytes > 0 && llvm::isPowerOf2_32(inst.align), 336, inst, "storage has a size, and an alignment");
}

void TypeRules::rule(const AllocInst &inst) {
  if (hasFresh(inst))
    require(kindOf(inst.result) == TypeKind::Class, 324, inst, "only objects of classes are allocated so");
  if (inst.reused.isValid()) {
    TypeId dying = kindOf(inst.reused) == TypeKind::Optional ? types[typeOf(inst.reused)].element : typeOf(inst.reused);
    require(!inst.storage.isValid() && types.kind(dying) == TypeKind::Class && types.isSubtype(typeOf(inst.result), dying), 324, inst,
            "what is made on the heap reuses an object of its class, or of a base of that");
  }
  if (inst.tested.isValid())
    require(inst.reused.isValid() && typeOf(inst.tested) == types::Bool, 324, inst, "a bool says whether what is reused is unique");
  if (inst.from.isValid())
    require(isBytes(inst.from) && !inst.storage.isValid() && !inst.reused.isValid(), 324, inst, "what is made in a kept arena has no other place");
}

void TypeRules::rule(const AllocArrayInst &inst) {
  if (!hasFresh(inst))
    return;
  TypeId type = typeOf(inst.result);
  if (type == types::String || rank(type) == 0)
    return report.add(325, inst, "only arrays are allocated so");
  require(inst.lengths.size() == rank(type), 325, inst, "there is not one length for each dimension");
  for (ValueId length : inst.lengths)
    require(isIndex(length), 325, inst, "a length is neither int nor long");
}

void TypeRules::rule(const ClosureInst &inst) {
  bool isStatic = inst.captures.empty() || inst.onStack;
  if (!has(inst, isStatic ? Ownership::None : Ownership::Owned))
    return;
  bool isEnvironment = types.kind(inst.environment) == TypeKind::Class;
  const NominalInfo *info = isEnvironment ? &types.info(inst.environment) : nullptr;
  isEnvironment = isEnvironment && !info->base.isValid() && !info->fields.empty() &&
                  types.kind(info->fields[0].type) == TypeKind::Pointer;
  require(isEnvironment, 331, inst, "the environment is no class whose first field is the code");
  if (!isEnvironment)
    return;
  bool fits = info->fields.size() == inst.captures.size() + 1 && inst.modes.size() == inst.captures.size();
  for (size_t i = 0; fits && i < inst.captures.size(); ++i) {
    TypeId field = info->fields[i + 1].type, capture = typeOf(inst.captures[i]);
    fits = inst.modes[i] == CaptureMode::Ref ? types.kind(field) == TypeKind::Pointer && same(types[field].element, capture)
                                             : same(field, capture);
  }
  require(fits, 331, inst, "the captures are not what the environment holds");
  require(kindOf(inst.result) == TypeKind::Func, 331, inst, "the result is no function");
}

void TypeRules::rule(const BoxInst &inst) {
  if (hasFresh(inst))
    require(isBox(typeOf(inst.result)) && !types.isCounted(typeOf(inst.value)), 326, inst,
            "a value without a header goes into a box, which is an object or an interface");
}
void TypeRules::rule(const UnboxInst &inst) {
  if (hasFresh(inst))
    require(isBox(typeOf(inst.value)) && !types.isCounted(typeOf(inst.result)), 327, inst,
            "a value without a header comes out of a box, which is an object or an interface");
}

void TypeRules::rule(const ReboxInst &inst) {
  hasNone(inst);
  require(isBox(typeOf(inst.box)) && !types.isCounted(typeOf(inst.value)), 327, inst,
          "a value without a header goes into a box, which is an object or an interface");
}

void TypeRules::rule(const WeakOfInst &inst) {
  if (!hasFresh(inst))
    return;
  TypeId from = typeOf(inst.value), to = typeOf(inst.result);
  TypeId target = types.kind(from) == TypeKind::Optional ? types[from].element : from;
  require(types.kind(to) == TypeKind::Weak && types.isClassRef(target) && types.isSubtype(target, types[to].element), 338, inst,
          "a weak reference is to an object of its class or interface");
}
void TypeRules::rule(const WeakGetInst &inst) {
  if (hasFresh(inst))
    require(kindOf(inst.value) == TypeKind::Weak && types.kind(typeOf(inst.result)) == TypeKind::Optional &&
                types[typeOf(inst.result)].element == types[typeOf(inst.value)].element, 338, inst,
            "a weak reference gives an optional of its class or interface");
}

// ---- After counting

void TypeRules::count(const Inst &inst, ValueId value) {
  hasNone(inst);
  require(!types.isPlain(typeOf(value)), 328, inst, "the value holds no counts");
}
void TypeRules::rule(const RetainInst &inst) { count(inst, inst.value); }
void TypeRules::rule(const ReleaseInst &inst) { count(inst, inst.value); }

// ---- Calls have a family of their own

void TypeRules::rule(const CallInst &) {}
void TypeRules::rule(const CallSlotInst &) {}
void TypeRules::rule(const CallFnInst &) {}

// ---- Terminators

void TypeRules::rule(const BrInst &inst) { hasNone(inst); }
void TypeRules::rule(const CondBrInst &inst) {
  hasNone(inst);
  require(typeOf(inst.condition) == types::Bool, 329, inst, "a condition is a bool");
}
void TypeRules::rule(const SwitchInst &inst) {
  hasNone(inst);
  TypeId type = typeOf(inst.value);
  require(isScalar(type) && !types.isFloat(type) && kindOf(inst.value) != TypeKind::Pointer, 330, inst,
          "only integers, characters, bools and enums are switched on");
}
void TypeRules::rule(const ReturnInst &inst) { hasNone(inst); }
void TypeRules::rule(const ThrowInst &inst) { hasNone(inst); }
void TypeRules::rule(const YieldInst &inst) {
  hasNone(inst);
  const auto &params = function.params;
  bool isIterator = params.size() == 2 && types.kind(params[0].type) == TypeKind::Class && params[1].type == types::Bool &&
                    function.result == types::Bool && types.info(params[0].type).fields.size() >= 2;
  require(isIterator && partType(types, params[0].type, 0) == types::Int32 && same(partType(types, params[0].type, 1), typeOf(inst.value)), 337,
          inst, "what runs is an iterator's, and yields elements of its type");
}
void TypeRules::rule(const UnreachableInst &inst) { hasNone(inst); }

void verifyTypes(Report &report) {
  TypeRules rules(report);
  for (const Block &block : report.function->blocks)
    for (const Inst *inst : block.insts)
      rules.check(*inst);
}

} // namespace dream::dil::verifier
