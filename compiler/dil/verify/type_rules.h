// What the rules on types have in common: what they ask of operands and results. There is one rule for each kind of instruction; those
// of plain values are in types_of_values.cpp, all others in types.cpp.
#pragma once

#include "compiler/dil/verify/families.h"

namespace dream::dil::verifier {

class TypeRules {
public:
  explicit TypeRules(Report &report)
      : report(report), module(report.module), types(report.module.types), function(*report.function) {}

  void check(const Inst &inst) {
    dispatch(inst, [&](auto &typed) { rule(typed); });
  }

private:
#define INST(STRUCT, MNEMONIC, STAGE) void rule(const STRUCT &);
#include "compiler/dil/inst_kinds.def"

  // ---- What is known of operands

  TypeId typeOf(ValueId id) const { return function[id].type; }
  TypeKind kindOf(ValueId id) const { return types.kind(typeOf(id)); }
  bool isAddress(ValueId id) const { return function[id].ownership == Ownership::Address; }
  bool isInteger(TypeId id) const { return types.isInteger(id); }
  bool isIndex(ValueId id) const { return typeOf(id) == types::Int32 || typeOf(id) == types::Int64; }
  bool isEnum(TypeId id) const { return types.kind(id) == TypeKind::Enum; }
  /// What converts to and from integers.
  bool isScalar(TypeId id) const {
    TypeKind kind = types.kind(id);
    return types.isNumeric(id) || kind == TypeKind::Bool || kind == TypeKind::Char || kind == TypeKind::Pointer ||
           kind == TypeKind::Enum;
  }
  bool same(TypeId a, TypeId b) const { return sameType(types, a, b); }
  bool same(ValueId a, ValueId b) const { return same(typeOf(a), typeOf(b)); }
  /// Dimensions of an array that can be indexed; 0 for other types.
  uint64_t rank(TypeId id) const {
    TypeKind kind = types.kind(id);
    return kind == TypeKind::Rect ? types[id].count : kind == TypeKind::Array || kind == TypeKind::String ? 1 : 0;
  }

  // ---- Results

  /// 300: the instruction has a result, of the kind that it gives.
  bool has(const Inst &inst, Ownership ownership);
  bool hasPlain(const Inst &inst) { return has(inst, Ownership::None); }
  bool hasPlace(const Inst &inst) { return has(inst, Ownership::Address); }
  bool hasFresh(const Inst &inst) { return hasAs(inst, Ownership::Owned); }
  bool hasBorrowed(const Inst &inst) { return hasAs(inst, Ownership::Borrowed); }
  /// As given, but plain values have no ownership.
  bool hasAs(const Inst &inst, Ownership ownership) {
    bool isPlain = inst.result.isValid() && types.isPlain(typeOf(inst.result));
    return has(inst, isPlain ? Ownership::None : ownership);
  }
  void hasNone(const Inst &inst);

  void require(bool holds, unsigned invariant, const Inst &inst, llvm::StringRef message) {
    if (!holds)
      report.add(invariant, inst, message);
  }

  // ---- What several rules ask

  bool fits(const Constant &constant, TypeId type);
  /// Case `variant` of an enum with payloads; null if there is none.
  const EnumCase *caseOf(TypeId type, unsigned variant);
  void access(const Inst &inst, ValueId place);
  void load(const Inst &inst, ValueId place, Ownership ownership);
  void store(const Inst &inst, ValueId place, ValueId value);
  void count(const Inst &inst, ValueId value);
  bool isBytes(ValueId value) const {
    return types.kind(typeOf(value)) == TypeKind::Pointer && types[typeOf(value)].element == types::UInt8;
  }
  bool isBox(TypeId id) const { return types.kind(id) == TypeKind::Object || types.kind(id) == TypeKind::Interface; }

  Report &report;
  const Module &module;
  const TypeTable &types;
  const Function &function;
};

} // namespace dream::dil::verifier
