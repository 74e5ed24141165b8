// From DIL's parameters and results to LLVM function types and attributes; the table is in signatures.h.
#include "compiler/codegen/module_emitter.h"

namespace dream::codegen {

/// What a reference promises: it is never null unless optional, and its object has at least the static type's fields.
/// A string may be null (C and the runtime hand such strings out), so nothing is said about them.
void Signatures::addReferenceAttributes(llvm::AttrBuilder &attributes, TypeId type) {
  const TypeTable &types = emitter.types;
  TypeKind kind = types.kind(type);
  if (kind == TypeKind::Class) {
    attributes.addAttribute(llvm::Attribute::NonNull);
    attributes.addAlignmentAttr(llvm::Align(8));
    if (uint64_t size = types.objectLayout(type).size)
      attributes.addDereferenceableAttr(size);
  } else if (kind == TypeKind::Interface || kind == TypeKind::Object) {
    attributes.addAttribute(llvm::Attribute::NonNull);
    attributes.addAlignmentAttr(llvm::Align(8));
  } else if (kind == TypeKind::Func) {
    attributes.addAttribute(llvm::Attribute::NonNull);
    attributes.addAlignmentAttr(llvm::Align(8));
    attributes.addDereferenceableAttr(types.pointerBytes()); // its code
  } else if (kind == TypeKind::Array || kind == TypeKind::Rect) {
    attributes.addAttribute(llvm::Attribute::NonNull);
    attributes.addAlignmentAttr(llvm::Align(16));
  }
}

/// How a small integer is widened when it is passed or returned, as in C: the other side need not do it again.
void Signatures::addExtension(llvm::AttrBuilder &attributes, const Leaf &leaf) {
  if (!leaf.type->isIntegerTy())
    return;
  bool isSigned = emitter.types.isSigned(emitter.lowering.underlying(leaf.source));
  auto kind = extensionInC(leaf.type->getIntegerBitWidth(), isSigned, triple);
  if (kind != llvm::Attribute::None)
    attributes.addAttribute(kind);
}

Signature Signatures::dream(llvm::ArrayRef<Parameter> parameters, TypeId resultType, bool throws) {
  llvm::LLVMContext &context = emitter.context;
  llvm::PointerType *pointer = emitter.lowering.pointer;
  bool attribute = emitter.optimizes();
  Signature signature;
  signature.throws = throws;
  signature.resultType = resultType;
  llvm::SmallVector<llvm::Type *, 8> types;
  llvm::SmallVector<llvm::AttributeSet, 8> sets;
  llvm::AttributeSet resultSet;
  auto add = [&](llvm::Type *type, const llvm::AttrBuilder &attributes) {
    types.push_back(type);
    sets.push_back(llvm::AttributeSet::get(context, attributes));
  };

  const Lowering &result = emitter.lowering[resultType];
  llvm::Type *resultLlvm = llvm::Type::getVoidTy(context);
  unsigned leaves = result.leaves.size();
  if (result.inMemory || leaves > 2 || (leaves == 2 && throws)) {
    signature.result = Signature::Result::Indirect;
    llvm::AttrBuilder attributes(context);
    attributes.addAttribute(llvm::Attribute::NoAlias).addAttribute(llvm::Attribute::NoUndef);
    attributes.addAlignmentAttr(result.align);
    attributes.addDereferenceableAttr(result.size);
    add(pointer, attributes);
    if (throws)
      resultLlvm = pointer;
  } else if (leaves == 0) {
    if (throws)
      resultLlvm = pointer;
  } else if (leaves == 2) {
    signature.result = Signature::Result::Pair;
    resultLlvm = llvm::StructType::get(context, {result.leaves[0].type, result.leaves[1].type});
  } else {
    signature.result = Signature::Result::Direct;
    resultLlvm = result.leaves[0].type;
    if (throws) {
      resultLlvm = llvm::StructType::get(context, {resultLlvm, pointer});
    } else {
      llvm::AttrBuilder attributes(context);
      addExtension(attributes, result.leaves[0]);
      if (attribute && result.isScalar)
        addReferenceAttributes(attributes, resultType);
      if (attribute)
        attributes.addAttribute(llvm::Attribute::NoUndef);
      resultSet = llvm::AttributeSet::get(context, attributes);
    }
  }

  for (const Parameter &parameter : parameters) {
    const Lowering &lowering = emitter.lowering[parameter.type];
    llvm::AttrBuilder attributes(context);
    if (parameter.isAddress || lowering.inMemory) {
      if (attribute) {
        attributes.addAttribute(llvm::Attribute::NoUndef).addAttribute(llvm::Attribute::NonNull);
        attributes.addAlignmentAttr(lowering.align);
        if (lowering.size)
          attributes.addDereferenceableAttr(lowering.size);
        if (!parameter.isAddress) // a value in memory is never written while it lives
          attributes.addAttribute(llvm::Attribute::NoAlias).addAttribute(llvm::Attribute::ReadOnly);
      }
      add(pointer, attributes);
      continue;
    }
    if (attribute) {
      attributes.addAttribute(llvm::Attribute::NoUndef);
      if (lowering.isScalar)
        addReferenceAttributes(attributes, parameter.type);
    }
    for (const Leaf &leaf : lowering.leaves) {
      llvm::AttrBuilder extended(context);
      extended.merge(attributes);
      addExtension(extended, leaf);
      add(leaf.type, extended);
    }
  }
  signature.type = llvm::FunctionType::get(resultLlvm, types, false);
  signature.attributes = llvm::AttributeList::get(context, {}, resultSet, sets);
  return signature;
}

Signature Signatures::dream(const dil::Function &function) {
  llvm::SmallVector<Parameter, 8> parameters;
  for (const dil::Param &param : function.params)
    parameters.push_back({param.type, param.convention == dil::Convention::Address});
  return dream(parameters, function.result, function.canThrow);
}

Signature Signatures::c(const dil::Function &function) {
  llvm::LLVMContext &context = emitter.context;
  const TypeTable &table = emitter.types;
  auto extension = [&](TypeId type) {
    llvm::AttrBuilder attributes(context);
    addExtension(attributes, emitter.lowering[type].leaves[0]);
    return llvm::AttributeSet::get(context, attributes);
  };
  auto scalarOf = [&](TypeId type) {
    llvm::Type *scalar = emitter.lowering.scalar(type);
    if (!scalar)
      llvm::report_fatal_error("C function " + llvm::Twine(function.symbol) + " takes or returns a value of type " +
                               table.spell(type) + ", which is no scalar");
    return scalar;
  };
  Signature signature;
  signature.resultType = function.result;
  llvm::SmallVector<llvm::Type *, 8> types;
  llvm::SmallVector<llvm::AttributeSet, 8> sets;
  for (const dil::Param &param : function.params) {
    if (param.convention == dil::Convention::Address) {
      types.push_back(emitter.lowering.pointer);
      sets.emplace_back();
      continue;
    }
    types.push_back(scalarOf(param.type));
    sets.push_back(extension(param.type));
  }
  llvm::Type *result = llvm::Type::getVoidTy(context);
  llvm::AttributeSet resultSet;
  if (!emitter.lowering[function.result].leaves.empty()) {
    signature.result = Signature::Result::Direct;
    result = scalarOf(function.result);
    resultSet = extension(function.result);
  }
  signature.type = llvm::FunctionType::get(result, types, function.isVariadic);
  signature.attributes = llvm::AttributeList::get(context, {}, resultSet, sets);
  return signature;
}

} // namespace dream::codegen
