// Equals and GetHashCode of types that do not write them: equality as `==` compares, and hashes that fit it, part by part;
// HasFlag and GetLength.
// Types with parts get a hash function of their own, made once.
#include "compiler/dilgen/function_gen.h"

namespace dream::dilgen {

using namespace ast;

ValueId FunctionGen::emitValueMember(const CallExpr *expr) {
  const sema::ExprFacts &facts = program.facts(expr);
  auto *member = llvm::cast<MemberExpr>(stripParens(expr->callee));
  size_t start = mark();
  Want want = types.isPlain(facts.operandType) ? Want::Own : Want::Borrow;
  ValueId receiver = emitObject(member, member->object, want);
  ValueId result;
  if (facts.op == sema::OperatorKind::Hash) {
    result = hashOf(receiver, facts.operandType);
  } else {
    bool isLength = facts.op == sema::OperatorKind::DimensionLength;
    ValueId other = emit(expr->args.front()->value, isLength ? Want::Own : want);
    if (facts.op == sema::OperatorKind::HasFlag) {
      TypeId bits = types.info(facts.operandType).underlying;
      ValueId flag = b.convert(other, bits);
      return b.cmp(dil::CmpOp::Eq, b.arith(dil::ArithOp::And, b.convert(receiver, bits), flag), flag);
    }
    if (isLength)
      result = lengthOfDimension(receiver, other);
    else
      result = facts.op == sema::OperatorKind::ReferenceCompare ? b.cmp(dil::CmpOp::Eq, receiver, other)
                                                              : equalValues(receiver, other, facts.operandType);
  }
  endTo(start);
  return result;
}

/// The length of a rectangular array in a dimension, which is checked.
ValueId FunctionGen::lengthOfDimension(ValueId array, ValueId dimension) {
  unsigned count = types[typeOf(array)].count;
  b.check(dil::CheckKind::Bounds, dimension, constInt(count));
  ValueId result = constInt(0);
  for (unsigned i = 0; i < count; ++i) {
    ValueId isThis = b.convert(b.cmp(dil::CmpOp::Eq, dimension, constInt(i)), types::Int32);
    result = b.arith(dil::ArithOp::Add, result, b.arith(dil::ArithOp::Mul, isThis, b.len(array, int(i))));
  }
  return result;
}

/// An int that is equal for values that `==` finds equal.
ValueId FunctionGen::hashOf(ValueId value, TypeId type) {
  auto fold = [&](ValueId bits) {
    ValueId high = b.arith(dil::ArithOp::UShr, bits, constInt(32));
    return b.convert(b.arith(dil::ArithOp::Xor, bits, high), types::Int32);
  };
  auto runtime = [&](llvm::StringRef entry) { return b.call(gen.runtime(entry, {gen.param("value", type)}, types::Int32), {value}); };
  switch (types.kind(type)) {
  case TypeKind::Weak: {
    ValueId object = b.weakGet(value);
    ValueId hash = hashOf(object, typeOf(object));
    b.drop(object);
    return hash;
  }
  case TypeKind::String: return runtime("dr_str_hash");
  case TypeKind::Float32:
    // Both zeros are equal.
    value = b.convert(value, types::Float64);
    [[fallthrough]];
  case TypeKind::Float64: {
    ValueId sum = b.arith(dil::ArithOp::Add, value, b.constFloat(types::Float64, 0));
    return fold(b.intrinsic(dil::Intrinsic::BitsOfDouble, types::Int64, {sum}));
  }
  case TypeKind::Array:
  case TypeKind::Rect:
  case TypeKind::FixedArray:
  case TypeKind::Struct:
  case TypeKind::Tuple: return b.call(gen.hash(type), {value});
  case TypeKind::Optional: {
    TypeId inner = types[type].element;
    if (inner == types::String)
      return runtime("dr_str_hash"); // of null, too
    return types.isClassRef(inner) ? runtime("dr_ref_hash") : b.call(gen.hash(type), {value});
  }
  case TypeKind::Enum:
    return types.isPayloadEnum(type) ? b.call(gen.hash(type), {value}) : fold(b.convert(value, types::Int64));
  case TypeKind::Bool:
  case TypeKind::Char:
  case TypeKind::Int8:
  case TypeKind::Int16:
  case TypeKind::Int32:
  case TypeKind::UInt8:
  case TypeKind::UInt16:
  case TypeKind::UInt32: return b.convert(value, types::Int32);
  default:
    if (types.isClassRef(type))
      return runtime("dr_ref_hash");
    return fold(b.convert(value, types::Int64)); // wide integers, pointers
  }
}

/// func(value) -> int
void FunctionGen::buildHash(TypeId type) {
  ValueId value = beginBody()[0];
  ValueId state = b.slot(types::Int64, "");
  b.init(state, b.constInt(types::Int64, types.kind(type) == TypeKind::Tuple ? 17 : 31));
  auto add = [&](ValueId part) {
    ValueId mixed = b.arith(dil::ArithOp::Xor, b.loadCopy(state), b.convert(hashOf(part, typeOf(part)), types::Int64));
    mixed = b.arith(dil::ArithOp::Mul, mixed, b.constInt(types::Int64, 0x9E3779B97F4A7C15u));
    b.assign(state, b.arith(dil::ArithOp::Xor, mixed, b.arith(dil::ArithOp::UShr, mixed, constInt(32))));
  };
  auto addElement = [&](ValueId address) {
    size_t start = mark();
    ValueId element = b.loadBorrow(address);
    if (isBorrowed(element))
      push(Cleanup::Kind::EndBorrow, element);
    add(element);
    endTo(start);
  };
  switch (types.kind(type)) {
  case TypeKind::Struct:
    for (unsigned i = 0; i < types.info(type).fields.size(); ++i)
      add(b.project(value, i));
    break;
  case TypeKind::Tuple:
    for (unsigned i = 0; i < types[type].args.size(); ++i)
      add(b.project(value, i));
    break;
  case TypeKind::Array:
    countedLoop(b.len(value), [&](ValueId index, BlockId step, BlockId) {
      addElement(b.elem(value, index));
      branchTo(step);
    });
    break;
  case TypeKind::Rect: // The dimensions will do: what is equal has the same.
    for (unsigned i = 0; i < unsigned(types[type].count); ++i)
      add(b.len(value, int(i)));
    break;
  case TypeKind::FixedArray: {
    ValueId slot = b.slot(type, "");
    b.init(slot, isBorrowed(value) ? b.copy(value) : value);
    pushDropSlot(slot);
    countedLoop(constInt(int64_t(types[type].count)), [&](ValueId index, BlockId step, BlockId) {
      addElement(b.elem(slot, index));
      branchTo(step);
    });
    break;
  }
  case TypeKind::Optional: {
    BlockId full = b.addBlock(), done = b.addBlock();
    b.condBr(nullTest(value, dil::CmpOp::Eq), done, full);
    b.setBlock(full);
    add(contentOf(value));
    b.br(done);
    b.setBlock(done);
    break;
  }
  case TypeKind::Enum: {
    ValueId tag = b.tag(value);
    add(tag);
    BlockId done = b.addBlock();
    dil::SwitchInst *inst = b.switchOn(tag, done);
    llvm::ArrayRef<EnumCase> cases = types.info(type).cases;
    for (unsigned i = 0; i < cases.size(); ++i) {
      if (cases[i].parts.empty())
        continue;
      BlockId block = b.addBlock();
      inst->cases.push_back({uint64_t(cases[i].value), block});
      b.setBlock(block);
      for (unsigned k = 0; k < cases[i].parts.size(); ++k)
        add(b.payload(value, i, k));
      b.br(done);
    }
    b.setBlock(done);
    break;
  }
  default: llvm_unreachable("hashed directly");
  }
  ValueId result = b.convert(b.loadCopy(state), types::Int32);
  endAll(0);
  b.ret(result);
  endBody();
}

} // namespace dream::dilgen
