// Calls of C functions. Strings and arrays are handed over as pointers to their first byte or element and stay alive, and
// in place, until the call returns: an array for `T*` is made unique first, so that C writes into this array only.
// Numbers are converted to C's own prototype where the declaration has other widths.
#include "compiler/dilgen/function_gen.h"

namespace dream::dilgen {

using namespace ast;
using sema::ConversionKind;

ValueId FunctionGen::emitExternCall(const sema::CallFacts &call, const sema::FunctionInfo &callee) {
  size_t start = mark();
  llvm::SmallVector<ValueId, 8> passed;
  llvm::SmallVector<dil::Param, 8> params;
  struct Anchor {
    size_t argument;
    Place place;
  };
  llvm::SmallVector<Anchor, 2> writable;

  auto pass = [&](llvm::StringRef name, ValueId value) {
    passed.push_back(value);
    params.push_back(gen.param(name, typeOf(value)));
  };
  auto passExpr = [&](const Expr *value, llvm::StringRef name, TypeId cType) {
    const sema::ExprFacts &facts = program.facts(value);
    if (facts.conversion.kind == ConversionKind::ArrayToPointer) {
      bool isConst = types[facts.conversion.to].isConst;
      if (!isConst && isPlace(value)) {
        writable.push_back({passed.size(), preparePlace(value, Want::Borrow)});
        passed.push_back({});
        params.push_back(gen.param(name, writable.back().place.type, dil::Convention::Borrow));
        return;
      }
      size_t inner = mark();
      ValueId array = emitRaw(value, Want::Borrow);
      return pass(name, isOwned(array) ? hold(array) : (void(inner), array));
    }
    if (facts.conversion.kind == ConversionKind::StringToPointer) {
      ValueId text = emitRaw(value, Want::Borrow);
      return pass(name, hold(text));
    }
    ValueId arg = emit(value, Want::Borrow);
    if (cType.isValid() && ownershipOf(arg) == dil::Ownership::None && typeOf(arg) != cType) {
      bool pointers = types.kind(cType) == TypeKind::Pointer && types.kind(typeOf(arg)) == TypeKind::Pointer;
      arg = pointers ? b.cast(dil::CastKind::Pointer, arg, cType) : b.convert(arg, cType);
    }
    pass(name, arg);
  };

  for (size_t i = 0; i < call.args.size(); ++i) {
    const sema::BoundArgument &bound = call.args[i];
    if (bound.collectsParams) { // What follows the parameters of a function with `...`.
      for (const Expr *more : bound.paramsArray)
        passExpr(more, "more", TypeId());
      continue;
    }
    if (i >= callee.params.size()) {
      passExpr(bound.value, "more", TypeId());
      continue;
    }
    const sema::ParameterInfo &param = callee.params[i];
    const sema::VariableInfo &variable = program[param.variable];
    TypeId cType = i < callee.cParams.size() ? callee.cParams[i] : variable.type;
    if (variable.mode != PassMode::Value) {
      Argument arg = prepareArgument(bound, param, callee);
      passed.push_back(openAccess(arg.place, variable.mode != PassMode::In));
      dil::Param address = gen.param(variable.name.text(), variable.type, dil::Convention::Address);
      address.mode = variable.mode;
      address.isLent = param.isLent;
      params.push_back(address);
      continue;
    }
    passExpr(bound.value ? bound.value : param.defaultValue, variable.name.text(), cType);
    params.back().isLent = param.isLent;
  }
  for (Anchor &anchor : writable) {
    ValueId at = openAccess(anchor.place, /*isModify=*/true);
    bool isInline = types.kind(anchor.place.type) == TypeKind::FixedArray;
    passed[anchor.argument] = isInline ? at : b.unique(at);
    if (isInline) {
      params[anchor.argument].convention = dil::Convention::Address;
      params[anchor.argument].mode = PassMode::Ref;
    }
  }

  TypeId cResult = callee.cParams.empty() && !callee.cResult.isValid() ? callee.result : callee.cResult;
  bool givesText = cResult == types::String;
  TypeId text = types.pointer(types::UInt8, true);
  FuncId target = gen.external(callee.symbol, params, givesText ? text : cResult, callee.isVariadic ? callee.params.size() : ~size_t(0));
  if (!module[target].loc.isValid())
    module[target].loc = callee.range.begin;
  ValueId result = b.call(target, passed);
  endTo(start);
  if (givesText)
    return b.call(gen.runtime("dr_str_of_c", {gen.param("text", text)}, types::String), result);
  if (callee.result == types::Never) {
    b.unreachable(dil::UnreachableReason::Never);
    return ValueId();
  }
  if (result.isValid() && typeOf(result) != callee.result) {
    bool pointers = types.kind(callee.result) == TypeKind::Pointer && types.kind(typeOf(result)) == TypeKind::Pointer;
    result = pointers ? b.cast(dil::CastKind::Pointer, result, callee.result) : b.convert(result, callee.result);
  }
  return result;
}

} // namespace dream::dilgen
