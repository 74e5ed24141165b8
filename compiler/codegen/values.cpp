// Constants, aggregates, casts, and what ownership leaves behind once counts are explicit: retain and release.
#include "compiler/codegen/function_emitter.h"

namespace dream::codegen {

llvm::Value *FunctionEmitter::value(dil::ValueId id) const {
  assert(values[id.index].size() == 1 && "a value of one leaf");
  return values[id.index].front();
}

void FunctionEmitter::set(dil::ValueId id, llvm::Value *value) { values[id.index] = Leaves(value); }

bool FunctionEmitter::mayBeNull(dil::ValueId id) const {
  if (TypeKind kind = emitter.types.kind(typeOf(id)); kind == TypeKind::Optional || kind == TypeKind::Weak)
    return true;
  const dil::Inst *definition = info(id).definition;
  if (!definition) { // a block argument: only parameters are known
    return info(id).block != dil.entry();
  }
  if (auto *cast = llvm::dyn_cast<dil::CastInst>(definition))
    return cast->cast != dil::CastKind::Unwrap && mayBeNull(cast->value);
  return llvm::isa<dil::LoadInst, dil::LoadBorrowInst, dil::ProjectInst, dil::PayloadInst, dil::UnboxInst, dil::ConstInst>(definition);
}

void FunctionEmitter::uncounted(const dil::Inst &inst) {
  llvm::report_fatal_error("'" + llvm::Twine(dil::mnemonic(inst.kind)) + "' in counted DIL, in " + dil.symbol);
}

//===-- Constants ----------------------------------------------------------------------------------------------===//

void FunctionEmitter::emit(const dil::ConstInst &inst) {
  TypeId type = typeOf(inst.result);
  if (emitter.lowering[type].inMemory)
    return set(inst.result, emitter.constants.address(type, inst));
  Leaves made;
  constantLeaves(type, inst, made);
  set(inst.result, std::move(made));
}

void FunctionEmitter::constantLeaves(TypeId type, const dil::Constant &value, Leaves &out) {
  const Lowering &lowering = emitter.lowering[type];
  const Type &row = emitter.types[type];
  switch (value.constKind) {
  case dil::ConstKind::Int: case dil::ConstKind::Bool: case dil::ConstKind::Char:
    // An integer constant may also stand for a raw pointer.
    if (lowering.leaves[0].type->isPointerTy())
      return out.push_back(llvm::ConstantExpr::getIntToPtr(builder.getInt64(value.bits), lowering.leaves[0].type));
    return out.push_back(llvm::ConstantInt::get(lowering.leaves[0].type, value.bits));
  case dil::ConstKind::Float: return out.push_back(llvm::ConstantFP::get(lowering.leaves[0].type, value.number));
  case dil::ConstKind::String: return out.push_back(emitter.constants.string(value.text));
  case dil::ConstKind::Null: case dil::ConstKind::Zero:
    if (value.constKind == dil::ConstKind::Zero && lowering.isScalar)
      return out.push_back(emitter.constants.zeroScalar(type));
    for (const Leaf &leaf : lowering.leaves)
      out.push_back(value.constKind == dil::ConstKind::Zero && row.kind != TypeKind::Optional
                        ? emitter.constants.zeroScalar(leaf.source)
                        : llvm::Constant::getNullValue(leaf.type));
    return;
  case dil::ConstKind::Parts:
    if (row.kind == TypeKind::Array)
      return out.push_back(emitter.constants.array(type, value.parts));
    for (size_t i = 0; i < value.parts.size(); ++i)
      constantLeaves(row.kind == TypeKind::Tuple ? row.args[i] : row.element, value.parts[i], out);
    return;
  }
}

void FunctionEmitter::emit(const dil::FnRefInst &inst) { set(inst.result, emitter.function(inst.func)); }

//===-- Aggregates ---------------------------------------------------------------------------------------------===//

void FunctionEmitter::emit(const dil::MakeInst &inst) {
  TypeId type = typeOf(inst.result);
  const Lowering &lowering = emitter.lowering[type];
  if (!lowering.inMemory) {
    Leaves all;
    for (dil::ValueId part : inst.parts)
      for (llvm::Value *leaf : leaves(part))
        all.push_back(leaf);
    return set(inst.result, std::move(all));
  }
  llvm::AllocaInst *memory = entryAlloca(type);
  const Type &row = emitter.types[type];
  for (unsigned i = 0; i < inst.parts.size(); ++i) {
    TypeId part = typeOf(inst.parts[i]);
    uint64_t at = row.kind == TypeKind::FixedArray ? i * emitter.lowering[part].size
                                                   : emitter.types.fieldOffset(type, i);
    PlaceFacts facts;
    facts.isPacked = row.kind == TypeKind::Struct && emitter.types.info(type).isPacked;
    storeValue(part, leaves(inst.parts[i]), offset(memory, at), facts);
  }
  set(inst.result, memory);
}

void FunctionEmitter::emit(const dil::ProjectInst &inst) {
  TypeId whole = typeOf(inst.value), part = typeOf(inst.result);
  const Lowering &lowering = emitter.lowering[whole];
  const Type &row = emitter.types[whole];
  uint64_t at;
  if (row.kind == TypeKind::FixedArray)
    at = inst.index * emitter.lowering[part].size;
  else
    at = emitter.types.fieldOffset(whole, inst.index);
  if (lowering.inMemory) {
    llvm::Value *address = offset(value(inst.value), at);
    // A part that is itself in memory stays where it is: its holder does not change while it lives.
    if (emitter.lowering[part].inMemory)
      return set(inst.result, address);
    PlaceFacts facts;
    facts.isPacked = row.kind == TypeKind::Struct && emitter.types.info(whole).isPacked;
    if (row.kind == TypeKind::Struct && emitter.lowering[part].isScalar)
      facts.tag = emitter.tags.field(whole, inst.index);
    return set(inst.result, loadValue(part, address, facts));
  }
  // The leaves that begin at its offset; an empty part has none.
  size_t count = emitter.lowering[part].leaves.size(), first = 0;
  while (first + count < lowering.leaves.size() && lowering.leaves[first].offset < at)
    ++first;
  Leaves result;
  for (llvm::Value *leaf : leaves(inst.value).slice(first, count))
    result.push_back(leaf);
  set(inst.result, std::move(result));
}

void FunctionEmitter::emit(const dil::VariantInst &inst) {
  TypeId type = typeOf(inst.result);
  const NominalInfo &info = emitter.types.info(type);
  llvm::AllocaInst *memory = entryAlloca(type);
  PlaceFacts raw; // Payloads of different types share their bytes.
  raw.isRaw = true;
  if (emitter.types.isNicheEnum(type)) {
    if (inst.parts.empty())
      builder.CreateStore(llvm::ConstantPointerNull::get(builder.getPtrTy()), memory);
    else
      storeValue(typeOf(inst.parts[0]), leaves(inst.parts[0]), memory, raw);
    return set(inst.result, memory);
  }
  llvm::Type *tag = emitter.lowering.scalar(info.underlying);
  storeValue(info.underlying, {llvm::ConstantInt::get(tag, uint64_t(info.cases[inst.variant].value))}, memory, raw);
  for (unsigned i = 0; i < inst.parts.size(); ++i)
    storeValue(typeOf(inst.parts[i]), leaves(inst.parts[i]), offset(memory, emitter.types.payloadOffset(type, inst.variant, i)), raw);
  set(inst.result, memory);
}

void FunctionEmitter::emit(const dil::TagInst &inst) {
  if (emitter.types.isNicheEnum(typeOf(inst.value))) {
    llvm::Value *reference = builder.CreateAlignedLoad(builder.getPtrTy(), value(inst.value), emitter.lowering[typeOf(inst.value)].align);
    return set(inst.result, builder.CreateZExt(builder.CreateIsNotNull(reference), emitter.lowering.scalar(typeOf(inst.result))));
  }
  PlaceFacts raw;
  raw.isRaw = true;
  set(inst.result, loadValue(typeOf(inst.result), value(inst.value), raw));
}

void FunctionEmitter::emit(const dil::PayloadInst &inst) {
  TypeId part = typeOf(inst.result);
  llvm::Value *address = offset(value(inst.value), emitter.types.payloadOffset(typeOf(inst.value), inst.variant, inst.index));
  if (emitter.lowering[part].inMemory)
    return set(inst.result, address);
  PlaceFacts raw;
  raw.isRaw = true;
  set(inst.result, loadValue(part, address, raw));
}

/// A value gets its tag or loses it.
void FunctionEmitter::retag(const dil::CastInst &inst) {
  TypeId from = typeOf(inst.value), to = typeOf(inst.result);
  const Lowering &source = emitter.lowering[from], &target = emitter.lowering[to];
  if (inst.cast == dil::CastKind::Unwrap) {
    if (target.inMemory) // The value lies first in its optional.
      return set(inst.result, value(inst.value));
    if (source.inMemory)
      return set(inst.result, loadValue(to, value(inst.value), {}));
    llvm::ArrayRef<llvm::Value *> all = leaves(inst.value);
    return set(inst.result, Leaves(all.drop_back()));
  }
  if (!target.inMemory) {
    Leaves all(leaves(inst.value));
    all.push_back(builder.getTrue());
    return set(inst.result, std::move(all));
  }
  llvm::AllocaInst *memory = entryAlloca(to);
  storeValue(from, leaves(inst.value), memory, {});
  storeValue(types::Bool, {builder.getTrue()}, offset(memory, source.size), {});
  set(inst.result, memory);
}

void FunctionEmitter::emit(const dil::CastInst &inst) {
  bool isTagged = emitter.types.isTaggedOptional(typeOf(inst.value)) || emitter.types.isTaggedOptional(typeOf(inst.result));
  if (isTagged && typeOf(inst.value) != typeOf(inst.result))
    return retag(inst);
  set(inst.result, values[inst.value.index]);
  places[inst.result.index] = places[inst.value.index];
}

//===-- Counts -------------------------------------------------------------------------------------------------===//

void FunctionEmitter::emit(const dil::RetainInst &inst) {
  emitter.glue.retain(builder, typeOf(inst.value), leaves(inst.value), mayBeNull(inst.value));
}

void FunctionEmitter::emit(const dil::ReleaseInst &inst) {
  if (inst.withRegion && !emitter.options.checkMemory)
    return releaseWithRegion(inst);
  if (inst.inFrame && !emitter.options.countProfile)
    return releaseInFrame(inst);
  emitter.glue.release(builder, typeOf(inst.value), leaves(inst.value), mayBeNull(inst.value));
}

void FunctionEmitter::emit(const dil::EndBorrowInst &) {}
void FunctionEmitter::emit(const dil::LoadCopyInst &inst) { uncounted(inst); }
void FunctionEmitter::emit(const dil::LoadTakeInst &inst) { uncounted(inst); }
void FunctionEmitter::emit(const dil::InitInst &inst) { uncounted(inst); }
void FunctionEmitter::emit(const dil::AssignInst &inst) { uncounted(inst); }
void FunctionEmitter::emit(const dil::CopyInst &inst) { uncounted(inst); }
void FunctionEmitter::emit(const dil::DropInst &inst) { uncounted(inst); }
void FunctionEmitter::emit(const dil::DropSlotInst &inst) { uncounted(inst); }
void FunctionEmitter::emit(const dil::YieldInst &inst) { uncounted(inst); }
void FunctionEmitter::emit(const dil::DropIfInst &inst) { uncounted(inst); }

} // namespace dream::codegen
